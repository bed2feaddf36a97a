"""The texts in Japanese. Subjects of e-mail are ASCII, so those stay English."""

from orchestrator.findings.messages import en

TEXTS = {
    **{key: text for key, text in en.TEXTS.items() if key.startswith(("subject.", "run"))},
    "headline": "{account} の {what}",
    "severity.INFORMATIONAL": "情報",
    "severity.LOW": "低",
    "severity.MEDIUM": "中",
    "severity.HIGH": "高",
    "severity.CRITICAL": "重大",
    "said.told": "変更は行っていません。担当チームでの修正をお願いします。",
    "said.proposed": "変更は行っていません。次のコマンドで修正を実行できます:",
    "said.owned": "変更は行っていません: {note}。コード側で変更しないと元に戻ります。",
    "said.fixed": "修正しました。再チェックは合格です。",
    "said.failing": "変更しましたが、再チェックは不合格のままです: {note}。",
    "said.started": "ランブックを開始しました: {note}。",
    "said.refused": "変更は行っていません: {note}。",
    "said.changed": "変更は行っていません: {note}。",
    "said.unclear": "変更は行っていません: {note}。",
    "said.denied": "AWS に拒否されたため修正できませんでした: {note}。",
    "said.failed": "修正できませんでした: {note}。",
    "said.held": "まだ変更していません: {note}。後ほど再試行します。",
    "said.stopped": "変更は行っていません: {note}。",
    "said.undone": "修正を取り消しました: {note}。",
    "undo": "元に戻すには: orchestrator remediation undo {record}",
    "no_undo": "この修正は元に戻せません。",
    "exception": (
        "このまま残す場合は、account_configs/exceptions.yaml に例外を申請してください"
        "(コントロール、アカウント、リソース、所有者、理由、チケット、期限)。"
    ),
    "label.title": "検出結果",
    "label.severity": "重要度",
    "label.account": "アカウント",
    "label.region": "リージョン",
    "label.resource": "リソース",
    "label.owner": "担当チーム",
    "label.reason": "決定理由",
    "label.source": "記載場所",
    "label.effect": "修正内容",
    "label.breaks": "影響の可能性",
    "label.record": "記録",
    "label.help": "詳細",
    "digest.subject": en.TEXTS["digest.subject"],
    "digest.body": "{since} (UTC) 以降、{account} で同種の検出結果がさらに {count} 件あります:",
    "digest.more": "… ほか {count} 件。",
    "signature": "チーム {team} 宛ての通知です。通知方法と対象は teams.yaml で決まります。",
}
