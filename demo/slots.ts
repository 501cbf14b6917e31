/** What the blanks of the scenes are filled with, by language. */
export const SLOTS: Record<"zh" | "en", Record<string, readonly string[]>> = {
  zh: {
    dish: ["牛肉面", "饺子", "麻婆豆腐", "小笼包", "火锅", "炒年糕", "番茄炒蛋", "酸菜鱼", "煎饼", "凉皮"],
    spot: ["植物园", "江边", "老书店", "美术馆", "西山", "体育馆", "湖边", "夜市"],
    day: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    clock: ["八点半", "十点", "十二点", "一点", "三点", "六点半", "七点"],
    book: ["河对岸的灯", "第七个夏天", "旧地图", "雨前", "沉默的邻居", "远方来信"],
    thing: ["打印机", "自行车", "耳机", "相机", "电脑", "投影仪", "咖啡机"],
    drink: ["咖啡", "奶茶", "豆浆", "龙井", "酸梅汤"],
    city: ["成都", "西安", "厦门", "昆明", "苏州", "哈尔滨"],
  },
  en: {
    dish: ["dumplings", "noodle soup", "lentil curry", "pancakes", "paella", "ramen", "fish tacos", "pierogi"],
    spot: ["the harbour", "the old library", "the botanical garden", "the lake", "the night market", "the museum"],
    day: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    clock: ["half past eight", "ten", "noon", "one", "three", "half past six", "seven"],
    book: ["The Other Shore", "Seven Summers", "An Old Map", "Before the Rain", "Quiet Neighbours", "Letters North"],
    thing: ["printer", "bicycle", "camera", "laptop", "projector", "coffee machine", "build server"],
    drink: ["coffee", "tea", "lemonade", "hot chocolate", "ginger beer"],
    city: ["Lisbon", "Kraków", "Chengdu", "Bergen", "Valparaíso", "Osaka"],
  },
};
