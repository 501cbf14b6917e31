// Document 002 (973b0cac28684826), 示例代码, JavaScript (Axios): verbatim.
// 配置 Axios
const api = axios.create({
  baseURL: 'http://localhost:8000/api/v1',
  headers: {
    'Content-Type': 'application/json'
  }
});

// 添加请求拦截器
api.interceptors.request.use(config => {
  const token = localStorage.getItem('access_token');
  if (token) {
    config.headers.Authorization = `Bearer ${token}`;
  }
  return config;
});

// 用户登录
async function login(username, password) {
  try {
    const response = await api.post('/auth/login', {
      username,
      password
    });
    
    const { access_token } = response.data.data;
    localStorage.setItem('access_token', access_token);
    
    return response.data;
  } catch (error) {
    console.error('登录失败:', error.response.data);
    throw error;
  }
}

// 发送消息
async function sendMessage(receiverId, content, messageType = 'text') {
  try {
    const response = await api.post('/messages', {
      receiver_id: receiverId,
      content,
      message_type: messageType
    });
    
    return response.data;
  } catch (error) {
    console.error('发送消息失败:', error.response.data);
    throw error;
  }
}

// WebSocket 连接
function connectWebSocket(userId, token) {
  const ws = new WebSocket(`ws://localhost:8000/ws/${userId}?token=${token}`);
  
  ws.onopen = () => {
    console.log('WebSocket 连接已建立');
  };
  
  ws.onmessage = (event) => {
    const message = JSON.parse(event.data);
    console.log('收到消息:', message);
    
    switch (message.type) {
      case 'new_message':
        handleNewMessage(message.data);
        break;
      case 'user_status':
        handleUserStatus(message.data);
        break;
      case 'friend_request':
        handleFriendRequest(message.data);
        break;
    }
  };
  
  ws.onclose = () => {
    console.log('WebSocket 连接已关闭');
  };
  
  ws.onerror = (error) => {
    console.error('WebSocket 错误:', error);
  };
  
  return ws;
}
