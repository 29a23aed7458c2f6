"""Counts how many snippets of policy prose are decoded right, by encoding and length (a tool for people).

``python tests/eval/encodings.py FOLDER``: a folder of texts in UTF-8, such as the evaluation data's ``real``. From
each text one snippet of 30 to 3,000 characters is taken, encoded and decoded again without its name or any hint.
Traditional characters come from the codecs themselves: a snippet goes to Big5 through a table of both forms.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from pipeline.core.errors import UnreadableFile
from pipeline.ingest.decode import decode

LENGTHS = (30, 60, 150, 500, 3000)
SIMPLIFIED = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
    "gbk",
    "gb18030",
)
# characters of policy prose whose traditional form differs
PAIRS = dict(
    line.split()
    for line in """
    万 萬|与 與|业 業|东 東|个 個|为 為|义 義|乐 樂|习 習|乡 鄉|书 書|买 買|争 爭|于 於|云 雲|产 產|亲 親|亿 億|从 從|
    仓 倉|价 價|众 眾|优 優|会 會|传 傳|伤 傷|伦 倫|体 體|余 餘|债 債|值 值|倾 傾|储 儲|儿 兒|党 黨|兰 蘭|关 關|兴 興|
    养 養|内 內|军 軍|农 農|冲 衝|决 決|况 況|净 淨|减 減|几 幾|凭 憑|击 擊|创 創|别 別|办 辦|务 務|动 動|励 勵|劳 勞|
    势 勢|区 區|医 醫|华 華|协 協|单 單|卖 賣|卫 衛|厂 廠|历 歷|压 壓|县 縣|参 參|双 雙|发 發|变 變|号 號|后 後|员 員|
    响 響|团 團|园 園|围 圍|国 國|图 圖|圆 圓|场 場|块 塊|坚 堅|坛 壇|备 備|复 復|够 夠|头 頭|奖 獎|妇 婦|学 學|宝 寶|
    实 實|审 審|宽 寬|宾 賓|对 對|导 導|寿 壽|将 將|尔 爾|层 層|届 屆|属 屬|岁 歲|岗 崗|岛 島|币 幣|师 師|带 帶|帮 幫|
    广 廣|庄 莊|库 庫|应 應|废 廢|开 開|异 異|张 張|强 強|归 歸|当 當|录 錄|彻 徹|径 徑|态 態|总 總|恶 惡|惠 惠|惩 懲|
    愿 願|戏 戲|战 戰|户 戶|扩 擴|执 執|扫 掃|扬 揚|扶 扶|护 護|报 報|担 擔|拟 擬|拥 擁|择 擇|挥 揮|损 損|据 據|摄 攝|
    数 數|断 斷|无 無|旧 舊|时 時|显 顯|术 術|机 機|权 權|条 條|来 來|构 構|标 標|树 樹|样 樣|档 檔|检 檢|楼 樓|欢 歡|
    残 殘|毕 畢|汇 匯|汉 漢|没 沒|治 治|测 測|济 濟|浓 濃|涉 涉|润 潤|涨 漲|渐 漸|温 溫|湾 灣|满 滿|灾 災|灵 靈|点 點|
    炼 煉|热 熱|爱 愛|状 狀|独 獨|环 環|现 現|电 電|画 畫|疗 療|监 監|盖 蓋|盘 盤|着 著|矿 礦|码 碼|确 確|础 礎|离 離|
    种 種|积 積|称 稱|稳 穩|穷 窮|竞 競|笔 筆|简 簡|类 類|粮 糧|紧 緊|纠 糾|红 紅|约 約|级 級|纪 紀|纯 純|纳 納|纵 縱|
    纺 紡|线 線|练 練|组 組|细 細|织 織|终 終|经 經|结 結|给 給|络 絡|绝 絕|统 統|继 繼|绩 績|续 續|维 維|综 綜|绿 綠|
    编 編|缩 縮|缴 繳|网 網|罗 羅|罚 罰|职 職|联 聯|肃 肅|胜 勝|脑 腦|节 節|艺 藝|苏 蘇|范 範|荐 薦|药 藥|获 獲|营 營|
    蓝 藍|虑 慮|补 補|装 裝|规 規|见 見|观 觀|视 視|览 覽|觉 覺|计 計|订 訂|认 認|讨 討|让 讓|训 訓|议 議|讯 訊|记 記|
    许 許|论 論|设 設|访 訪|证 證|评 評|识 識|诉 訴|试 試|该 該|详 詳|语 語|误 誤|说 說|请 請|诸 諸|课 課|调 調|谁 誰|
    谈 談|谋 謀|谱 譜|贝 貝|负 負|财 財|责 責|败 敗|账 帳|货 貨|质 質|贫 貧|购 購|贯 貫|贴 貼|贵 貴|贷 貸|贸 貿|费 費|
    资 資|赋 賦|赔 賠|赛 賽|赞 贊|跃 躍|践 踐|车 車|转 轉|轮 輪|软 軟|轻 輕|载 載|较 較|辅 輔|输 輸|达 達|过 過|运 運|
    还 還|这 這|进 進|远 遠|违 違|连 連|迟 遲|适 適|选 選|递 遞|逻 邏|邮 郵|酿 釀|释 釋|里 裡|鉴 鑑|针 針|钢 鋼|钱 錢|
    铁 鐵|铜 銅|银 銀|链 鏈|销 銷|锋 鋒|错 錯|键 鍵|镇 鎮|长 長|门 門|闭 閉|问 問|闲 閒|间 間|闻 聞|阅 閱|队 隊|阳 陽|
    阶 階|际 際|陆 陸|陈 陳|险 險|随 隨|隐 隱|难 難|雇 僱|霉 黴|静 靜|项 項|顺 順|须 須|顾 顧|预 預|领 領|频 頻|题 題|
    额 額|风 風|飞 飛|饭 飯|饮 飲|馆 館|验 驗|骗 騙|鱼 魚|鲜 鮮|鸡 雞|黄 黃|齐 齊|龙 龍
    """.replace("\n", "").split("|")
)


def snippets(folder: Path, count: int) -> list[str]:
    chance = random.Random(20240101)
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    chosen = chance.sample([text for text in texts if len(text) > 200], count)
    result = []
    for text in chosen:
        length = round(30 * 100 ** chance.random())
        start = chance.randrange(max(1, len(text) - length))
        result.append(text[start : start + length])
    return result


def traditional(text: str) -> str:
    """Return ``text`` in traditional characters; what Big5 hasn't got is left out."""
    turned = "".join(PAIRS.get(c, c) for c in text)
    return turned.encode("big5", "ignore").decode("big5hkscs")


def is_right(text: str, encoding: str) -> bool:
    """Tell whether ``text`` comes back; what ``encoding`` hasn't got doesn't count."""
    content = text.encode(encoding, "ignore")
    expected = content.decode(encoding).removeprefix("\ufeff")
    try:
        return decode(content, "a.txt", max_chars=10**7).text == expected
    except UnreadableFile:
        return False


def main() -> None:
    found = snippets(Path(sys.argv[1]), 200)
    for encoding in (
        *SIMPLIFIED,
        "big5hkscs",
        "big5hkscs (simplified text's own characters)",
        "traditional in gb18030",
        "traditional in utf-16-le",
    ):
        texts = found
        codec = encoding.split()[0]
        if encoding == "big5hkscs" or encoding.startswith("traditional"):
            texts, codec = [traditional(text) for text in found], encoding.split()[-1]
        right = [is_right(text, codec) for text in texts]
        wrong = sorted(len(text) for text, good in zip(texts, right, strict=True) if not good)
        print(f"{encoding:45} {sum(right):3}/200  wrong at lengths {wrong[:12]}")


if __name__ == "__main__":
    main()
