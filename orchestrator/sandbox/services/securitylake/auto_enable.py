"""What is collected from accounts that join the organization later."""

from __future__ import annotations

from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.services.securitylake.exceptions import ResourceNotFoundException
from orchestrator.sandbox.services.securitylake.part import Part, change


class AutoEnable(Part):
    @change
    def create_data_lake_organization_configuration(self, params: Json) -> None:
        for each in params.get("autoEnableNewAccount") or []:
            self.lake(each["region"])
            held = self.declared.auto_enable.setdefault(each["region"], {})
            held.update({s["sourceName"]: s.get("sourceVersion", "2.0") for s in each["sources"]})

    @change
    def delete_data_lake_organization_configuration(self, params: Json) -> None:
        """What is named; everything where nothing is."""
        asked = params.get("autoEnableNewAccount")
        if not asked:
            self.declared.auto_enable.clear()
        for each in asked or []:
            held = self.declared.auto_enable.get(each["region"], {})
            for source in each["sources"]:
                held.pop(source["sourceName"], None)
            if not held:
                self.declared.auto_enable.pop(each["region"], None)

    @operation
    def get_data_lake_organization_configuration(self, _: Json) -> Json:
        if not self.declared.auto_enable:
            raise ResourceNotFoundException("New accounts are not collected from")
        return {
            "autoEnableNewAccount": [
                {
                    "region": region,
                    "sources": [
                        {"sourceName": name, "sourceVersion": version}
                        for name, version in sorted(held.items())
                    ],
                }
                for region, held in sorted(self.declared.auto_enable.items())
            ]
        }
