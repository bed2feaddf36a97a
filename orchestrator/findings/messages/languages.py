"""The texts in English and in Japanese. Subjects of e-mail are ASCII, so those stay English."""

from __future__ import annotations

ENGLISH = {
    "headline": "{what} in {account}",
    "severity.INFORMATIONAL": "informational",
    "severity.LOW": "low",
    "severity.MEDIUM": "medium",
    "severity.HIGH": "high",
    "severity.CRITICAL": "critical",
    "subject.told": "needs a look",
    "subject.told.coverage": "is not watched",
    "subject.told.detection": "may be an attack",
    "subject.told.exposure": "lets somebody in",
    "subject.told.sensitive_data": "holds sensitive data",
    "subject.told.vulnerability": "has vulnerable software",
    "subject.proposed": "a fix is ready",
    "subject.due": "will be fixed",
    "subject.owned": "needs a change in code",
    "subject.fixed": "was fixed",
    "subject.on_its_way": "is being fixed",
    "subject.failing": "was fixed, but still fails",
    "subject.started": "is being fixed",
    "subject.refused": "was not fixed",
    "subject.changed": "was not fixed",
    "subject.unclear": "was not fixed",
    "subject.denied": "could not be fixed",
    "subject.failed": "could not be fixed",
    "subject.held": "waits to be fixed",
    "subject.stopped": "was not fixed",
    "subject.undone": "was taken back",
    "subject.undoing": "was perhaps taken back in part",
    "said.told": "Nothing has been changed. It is up to you to fix it.",
    "said.told.coverage": (
        "A security service is off there, so it finds nothing. Switch it on, or say why not."
    ),
    "said.told.detection": (
        "Something has happened that may be an attack. Find out now whether somebody of yours did "
        "it; if not, call the incident responders before you change anything."
    ),
    "said.told.exposure": (
        "Several findings together let somebody in. Fix the one that closes the way; the findings "
        "behind it are told by themselves."
    ),
    "said.told.sensitive_data": (
        "Data that needs protection was found. See who can read it, and whether it belongs there."
    ),
    "said.told.vulnerability": (
        "Software with a known vulnerability runs there. Update it, or rebuild it from a newer "
        "image."
    ),
    "said.proposed": "Nothing has been changed. The fix is ready; a person has to run it:",
    "said.due": "Nothing has been changed yet: {note}.",
    "said.owned": "Nothing has been changed: {note}. Make the change there, or it comes back.",
    "said.fixed": "It has been fixed, and the check passes.",
    "said.on_its_way": "It has been fixed: {note}. It is looked at again.",
    "said.failing": "It has been changed, but the check still fails: {note}.",
    "said.started": "A runbook has been started: {note}.",
    "said.refused": "Nothing has been changed: {note}.",
    "said.changed": "Nothing has been changed: {note}.",
    "said.unclear": "Nothing has been changed: {note}.",
    "said.denied": "It could not be fixed, because AWS did not allow it: {note}.",
    "said.failed": "It could not be fixed: {note}.",
    "said.held": "Nothing has been changed yet: {note}. It is tried again later.",
    "said.stopped": "Nothing has been changed: {note}.",
    "said.undone": "The fix has been taken back: {note}.",
    "said.undoing": "Taking back the fix broke off. Look at the resource: {note}.",
    "run": "orchestrator remediate {finding} --dry-run",
    "undo": "To take it back: orchestrator remediation undo {record}",
    "no_undo": "It cannot be taken back.",
    "investigate": "Who made it fail, and what else they did: orchestrator investigate {finding}",
    "used": "Who has done what with it: orchestrator investigate {resource}",
    "exception": (
        "To keep it as it is: ask for an exception in account_configs/exceptions.yaml, with "
        "control, account, resource, owner, reason, ticket and a date."
    ),
    "label.title": "Finding",
    "label.severity": "Severity",
    "label.account": "Account",
    "label.region": "Region",
    "label.resource": "Resource",
    "label.changed": "Last changed by",
    "label.changed_from": "Changed at",
    "label.owner": "Owner",
    "label.reason": "Decided",
    "label.source": "Written in",
    "label.effect": "The fix",
    "label.breaks": "What may break",
    "label.record": "Record",
    "label.help": "More",
    "digest.subject": "{count} more: {what} in {account}",
    "digest.body": "Since {since} (UTC), {count} more findings of the same kind in {account}:",
    "digest.more": "… and {count} more.",
    "ticket.title": "[{severity}] {what} fails in {account}: {count} resources",
    "ticket.resources": "Resources that fail:",
    "ticket.run": "A person fixes it with:",
    "ticket.answer": "To keep something as it is, write a comment that begins with:",
    "ticket.kept": (
        "This ticket is kept by what Security Hub says: what is written above is replaced, and it "
        "is closed when nothing fails any more. Comments stay."
    ),
    "ticket.grown": "{count} resources fail now.",
    "ticket.closed": "Nothing fails any more, or it is excepted: closed.",
    "ticket.reopened": "Opened again: it fails still, or again.",
    "signature": "You get this as the team {team}. teams.yaml says how and of what.",
}


JAPANESE = {
    **{key: text for key, text in ENGLISH.items() if key.startswith(("subject.", "run"))},
    "headline": "{account} の {what}",
    "severity.INFORMATIONAL": "情報",
    "severity.LOW": "低",
    "severity.MEDIUM": "中",
    "severity.HIGH": "高",
    "severity.CRITICAL": "重大",
    "said.told": "変更は行っていません。担当チームでの修正をお願いします。",
    "said.told.coverage": (
        "セキュリティサービスが無効なため、何も検出されません。"
        "有効にするか、無効にする理由を明記してください。"
    ),
    "said.told.detection": (
        "攻撃の可能性がある操作を検出しました。担当者による操作かどうかを至急確認してください。"
        "心当たりがない場合は、何も変更せずにインシデント対応チームへ連絡してください。"
    ),
    "said.told.exposure": (
        "複数の検出結果が重なり、外部から侵入できる状態です。経路を断つ検出結果から修正してください。"
        "個々の検出結果は別途通知されます。"
    ),
    "said.told.sensitive_data": (
        "保護が必要なデータが見つかりました。"
        "誰が読めるか、そこに置くべきデータかを確認してください。"
    ),
    "said.told.vulnerability": (
        "既知の脆弱性があるソフトウェアが動いています。"
        "更新するか、新しいイメージで作り直してください。"
    ),
    "said.proposed": "変更は行っていません。次のコマンドで修正を実行できます:",
    "said.due": "まだ変更していません: {note}。",
    "said.owned": "変更は行っていません: {note}。コード側で変更しないと元に戻ります。",
    "said.fixed": "修正しました。再チェックは合格です。",
    "said.on_its_way": "修正を実行しました: {note}。後ほど再チェックします。",
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
    "said.undoing": "修正の取り消しが途中で止まりました。リソースを確認してください: {note}。",
    "undo": "元に戻すには: orchestrator remediation undo {record}",
    "no_undo": "この修正は元に戻せません。",
    "investigate": "誰が原因の操作を行い、他に何をしたか: orchestrator investigate {finding}",
    "used": "誰が何をしたか: orchestrator investigate {resource}",
    "exception": (
        "このまま残す場合は、account_configs/exceptions.yaml に例外を申請してください"
        "(コントロール、アカウント、リソース、所有者、理由、チケット、期限)。"
    ),
    "label.title": "検出結果",
    "label.severity": "重要度",
    "label.account": "アカウント",
    "label.region": "リージョン",
    "label.resource": "リソース",
    "label.changed": "最後の変更者",
    "label.changed_from": "変更日時と接続元",
    "label.owner": "担当チーム",
    "label.reason": "決定理由",
    "label.source": "記載場所",
    "label.effect": "修正内容",
    "label.breaks": "影響の可能性",
    "label.record": "記録",
    "label.help": "詳細",
    "digest.subject": ENGLISH["digest.subject"],
    "digest.body": "{since} (UTC) 以降、{account} で同種の検出結果がさらに {count} 件あります:",
    "digest.more": "… ほか {count} 件。",
    "ticket.title": "[{severity}] {account} の {what} が不合格: {count} 件",
    "ticket.resources": "不合格のリソース:",
    "ticket.run": "修正用コマンド:",
    "ticket.answer": "このまま残す場合は、次の形で始まるコメントを書いてください:",
    "ticket.kept": (
        "このチケットは Security Hub の結果に合わせて自動更新されます。上記の内容は上書きされ、"
        "不合格がなくなるとクローズされます。コメントは残ります。"
    ),
    "ticket.grown": "不合格のリソースは現在 {count} 件です。",
    "ticket.closed": "不合格がなくなったか、例外が認められたため、クローズします。",
    "ticket.reopened": "まだ、または再び不合格のため、再オープンします。",
    "signature": "チーム {team} 宛ての通知です。通知方法と対象は teams.yaml で決まります。",
}
