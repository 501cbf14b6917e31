// Document 000 (aafaa1f4be0c9450), 使用示例, 前端集成示例, 2. 使用示例: verbatim.
// 初始化API客户端
const chatAPI = new ChatAPI('http://localhost:8000', 'your_jwt_token');

// 发送消息
chatAPI.sendMessage('Hello, World!').then(message => {
  console.log('消息已发送:', message);
});

// 获取消息历史
chatAPI.getMessages().then(messages => {
  console.log('消息历史:', messages);
});

// 上传文件
const fileInput = document.getElementById('file');
fileInput.addEventListener('change', async (e) => {
  const file = e.target.files[0];
  if (file) {
    const result = await chatAPI.uploadFile(file);
    console.log('文件上传成功:', result);
  }
});

// 定时心跳检测
setInterval(() => {
  chatAPI.heartbeat().then(result => {
    console.log('心跳检测:', result);
  });
}, 30000); // 每30秒一次
