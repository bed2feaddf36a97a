"""The one way to make a botocore session: its settings come from a mapping, not the process.

botocore looks at AWS_PROFILE, AWS_CONFIG_FILE, AWS_ENDPOINT_URL and some thirty more in the process
environment. Here each of them is looked up in the mapping that is handed over, and only there. The
files it reads are those that the mapping names; a mapping that names none means ~/.aws.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,
    DEFAULT_PROXIES_CONFIG_VARS,
    DEFAULT_S3_CONFIG_VARS,
    ConfigChainFactory,
    ConfigValueStore,
    SectionConfigProvider,
)
from botocore.session import Session

NO_FILES: Final = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""For who brings all that counts in the mapping: no profile, no login, no machine's role."""


def sealed(environment: Mapping[str, str]) -> Session:
    """A botocore session that knows of no variable but those of `environment`."""
    session = Session()
    given = {name: value for name, value in environment.items() if value}
    factory = ConfigChainFactory(session, environ=given)
    store: dict[str, Any] = _chains(factory, BOTOCORE_DEFAUT_SESSION_VARIABLES)
    for section, variables in SECTIONS.items():
        chains = _chains(factory, variables)
        store[section] = SectionConfigProvider(section, session, chains)
    session.register_component("config_store", ConfigValueStore(mapping=store))
    return session


SECTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "s3": DEFAULT_S3_CONFIG_VARS,
    "proxies_config": DEFAULT_PROXIES_CONFIG_VARS,
}


def _chains(factory: ConfigChainFactory, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: factory.create_config_chain(
            instance_name=name,
            env_var_names=names,
            config_property_names=keys,
            default=default,
            conversion_func=convert,
        )
        for name, (keys, names, default, convert) in variables.items()
    }
