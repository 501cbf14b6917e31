# Document 002 (973b0cac28684826), 示例代码, Python (requests): verbatim.
import requests
import json

class Chat8API:
    def __init__(self, base_url='http://localhost:8000/api/v1'):
        self.base_url = base_url
        self.session = requests.Session()
        self.token = None
    
    def set_token(self, token):
        self.token = token
        self.session.headers.update({
            'Authorization': f'Bearer {token}'
        })
    
    def login(self, username, password):
        response = self.session.post(f'{self.base_url}/auth/login', json={
            'username': username,
            'password': password
        })
        
        if response.status_code == 200:
            data = response.json()
            self.set_token(data['data']['access_token'])
            return data
        else:
            raise Exception(f'登录失败: {response.text}')
    
    def get_friends(self):
        response = self.session.get(f'{self.base_url}/friends')
        
        if response.status_code == 200:
            return response.json()
        else:
            raise Exception(f'获取好友列表失败: {response.text}')
    
    def send_message(self, receiver_id, content, message_type='text'):
        response = self.session.post(f'{self.base_url}/messages', json={
            'receiver_id': receiver_id,
            'content': content,
            'message_type': message_type
        })
        
        if response.status_code == 200:
            return response.json()
        else:
            raise Exception(f'发送消息失败: {response.text}')

# 使用示例
api = Chat8API()

# 登录
login_result = api.login('username', 'password')
print('登录成功:', login_result)

# 获取好友列表
friends = api.get_friends()
print('好友列表:', friends)

# 发送消息
message = api.send_message(1, 'Hello, World!')
print('消息已发送:', message)
