"""One small run with topics several modules look at: made-up documents of two years, provinces and three themes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pipeline

THEMES = {
    "talent": (
        "引进高层次人才，发放安家补贴，建设人才公寓。",
        "博士后工作站给予科研经费，落实人才公寓和安家补贴。",
        "支持博士后出站留任，高层次人才子女优先入学。",
        "举办创业大赛，评选领军人才，给予科研经费资助。",
        "领军人才创办企业，提供创业贷款和人才公寓。",
        "柔性引进海外博士，兑现购房补贴和安家补贴。",
    ),
    "farms": (
        "建设高标准农田，扶持粮食合作社。",
        "推广农机灌溉，发展冷链物流，粮食合作社购置农机。",
        "种粮大户购买良种，发放耕地地力补贴。",
        "修复灌溉渠道，改造高标准农田和机耕道路。",
        "家庭农场种植水稻，推广良种和绿色防控。",
        "冷链物流连接产地仓储，扶持家庭农场销售水稻。",
    ),
    "energy": (
        "淘汰燃煤锅炉，安装光伏电站，减少碳排放。",
        "企业开展节能改造，碳排放纳入监测平台。",
        "新建风电项目和储能电站，消纳绿色电力。",
        "光伏电站接入电网，储能电站参与调峰。",
        "治理工业废气，更换节能电机，降低能耗强度。",
        "监测平台公布能耗强度，考核工业废气治理。",
    ),
}
CHAINS = "围绕产业链部署创新链、围绕创新链布局产业链。\n推动四链融合；推动创新链产业链人才链深度融合。\n"
LEAN = "[coding]\ncodebooks = []\nmodels = []\n\n[topics]\nk = 3\n"
DOCUMENTS, CHAINED = 18, (3, 12)


@dataclass(frozen=True, slots=True)
class TopicRun:
    """A finished run (never to be written into), its texts, further texts of the same kinds and its configuration."""

    out: Path
    texts: Path
    more: Path
    config: Path


def text_of(number: int) -> str:
    """Return a document: nine of 2019 from 浙江 (farms, energy), nine of 2024 from 江苏 (talent, energy), and on."""
    early = number < DOCUMENTS // 2
    theme = "energy" if number % 3 == 0 else "farms" if early else "talent"
    year, place = (2019, "浙江省") if early else (2024, "江苏省")
    sentences = [one for at, one in enumerate(THEMES[theme]) if at != number // 3 % len(THEMES[theme])]
    body = "\n".join(sentences * 2) + "\n" + (CHAINS if number in CHAINED else f"完成第{number}项任务。\n")
    head = f"{place}人民政府关于第{number}批事项的意见\n{place[0]}政发〔{year}〕{number + 1}号\n"
    return f"{head}{body}{place}人民政府\n{year}年5月{number + 1}日\n"


def make_topic_run(folder: Path) -> TopicRun:
    """Write the texts into ``folder`` and run them; equal each time."""
    made = TopicRun(folder / "out", folder / "texts", folder / "more", folder / "lean.toml")
    made.config.write_text(LEAN, encoding="utf-8")
    for number in range(DOCUMENTS + 3):
        where = made.texts if number < DOCUMENTS else made.more
        where.mkdir(exist_ok=True)
        (where / f"{number:02}.txt").write_text(text_of(number), encoding="utf-8")
    pipeline.run([made.texts], made.out, config=made.config, workers=1)
    return made
