// Document 001 (0440c6d50ab86026), 使用示例, JavaScript/React 示例: verbatim.
// 获取JWT token
const token = localStorage.getItem('access_token');

// 获取房间列表
const getRooms = async () => {
    const response = await fetch('/api/chat/rooms/', {
        headers: {
            'Authorization': `Bearer ${token}`,
            'Content-Type': 'application/json'
        }
    });
    return await response.json();
};

// 创建房间
const createRoom = async (roomData) => {
    const response = await fetch('/api/chat/rooms/', {
        method: 'POST',
        headers: {
            'Authorization': `Bearer ${token}`,
            'Content-Type': 'application/json'
        },
        body: JSON.stringify(roomData)
    });
    return await response.json();
};

// 发送消息
const sendMessage = async (roomId, messageData) => {
    const response = await fetch(`/api/chat/rooms/${roomId}/messages/`, {
        method: 'POST',
        headers: {
            'Authorization': `Bearer ${token}`,
            'Content-Type': 'application/json'
        },
        body: JSON.stringify(messageData)
    });
    return await response.json();
};

// WebSocket连接
const connectWebSocket = (roomId) => {
    const ws = new WebSocket(`ws://localhost:8000/ws/chat/${roomId}/`);
    
    ws.onopen = () => {
        console.log('WebSocket连接已建立');
    };
    
    ws.onmessage = (event) => {
        const data = JSON.parse(event.data);
        console.log('收到消息:', data);
    };
    
    ws.onclose = () => {
        console.log('WebSocket连接已关闭');
    };
    
    return ws;
};

// 发送WebSocket消息
const sendWebSocketMessage = (ws, content) => {
    ws.send(JSON.stringify({
        type: 'chat_message',
        content: content,
        message_type: 'text'
    }));
};
