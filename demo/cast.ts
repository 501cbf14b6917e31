/** Somebody of the demo. */
export interface Role {
  readonly username: string;
  readonly displayName: string;
}

/** Everybody's password. It is no secret: the demo is for servers that strangers do not reach. */
export const PASSWORD = "parlance-demo";

export const CAST: readonly Role[] = [
  { username: "linyue", displayName: "林悦" },
  { username: "alice", displayName: "Alice Moore" },
  { username: "wanglei", displayName: "王磊" },
  { username: "ben", displayName: "Ben Carter" },
  { username: "chenjing", displayName: "陈静" },
  { username: "clara", displayName: "Clara Novak" },
  { username: "zhanghao", displayName: "张浩" },
  { username: "daniel", displayName: "Daniel Osei" },
  { username: "liuyang", displayName: "刘洋" },
  { username: "emma", displayName: "Emma Lind" },
  { username: "zhaolin", displayName: "赵琳" },
  { username: "felix", displayName: "Felix Braun" },
  { username: "zhouhang", displayName: "周航" },
  { username: "grace", displayName: "Grace Kim" },
  { username: "wuxia", displayName: "吴霞" },
  { username: "hugo", displayName: "Hugo Silva" },
  { username: "sunpeng", displayName: "孙鹏" },
  { username: "iris", displayName: "Iris Tan" },
  { username: "heyu", displayName: "何雨" },
  { username: "jonas", displayName: "Jonas Berg" },
  { username: "gaojie", displayName: "高洁" },
  { username: "kavya", displayName: "Kavya Rao" },
  { username: "xuning", displayName: "徐宁" },
  { username: "leo", displayName: "Leo Martin" },
];
