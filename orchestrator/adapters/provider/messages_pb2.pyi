from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Value(_message.Message):
    __slots__ = ("msgpack",)
    MSGPACK_FIELD_NUMBER: _ClassVar[int]
    msgpack: bytes
    def __init__(self, msgpack: _Optional[bytes] = ...) -> None: ...

class Diagnostic(_message.Message):
    __slots__ = ("severity", "summary", "detail")
    class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        INVALID: _ClassVar[Diagnostic.Severity]
        ERROR: _ClassVar[Diagnostic.Severity]
        WARNING: _ClassVar[Diagnostic.Severity]
    INVALID: Diagnostic.Severity
    ERROR: Diagnostic.Severity
    WARNING: Diagnostic.Severity
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    severity: Diagnostic.Severity
    summary: str
    detail: str
    def __init__(self, severity: _Optional[_Union[Diagnostic.Severity, str]] = ..., summary: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class Schemas(_message.Message):
    __slots__ = ("resources", "data_sources", "diagnostics", "ephemeral_resources", "list_resources", "actions")
    class ResourcesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    class DataSourcesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    class EphemeralResourcesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    class ListResourcesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    class ActionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    DATA_SOURCES_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    EPHEMERAL_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    LIST_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    resources: _containers.ScalarMap[str, bytes]
    data_sources: _containers.ScalarMap[str, bytes]
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    ephemeral_resources: _containers.ScalarMap[str, bytes]
    list_resources: _containers.ScalarMap[str, bytes]
    actions: _containers.ScalarMap[str, bytes]
    def __init__(self, resources: _Optional[_Mapping[str, bytes]] = ..., data_sources: _Optional[_Mapping[str, bytes]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ..., ephemeral_resources: _Optional[_Mapping[str, bytes]] = ..., list_resources: _Optional[_Mapping[str, bytes]] = ..., actions: _Optional[_Mapping[str, bytes]] = ...) -> None: ...

class IdentitySchemas(_message.Message):
    __slots__ = ("resources", "diagnostics")
    class ResourcesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    resources: _containers.ScalarMap[str, bytes]
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    def __init__(self, resources: _Optional[_Mapping[str, bytes]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ...) -> None: ...

class PrepareRequest(_message.Message):
    __slots__ = ("config",)
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: Value
    def __init__(self, config: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...

class PrepareResponse(_message.Message):
    __slots__ = ("prepared_config", "diagnostics")
    PREPARED_CONFIG_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    prepared_config: Value
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    def __init__(self, prepared_config: _Optional[_Union[Value, _Mapping]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ...) -> None: ...

class ConfigureRequest(_message.Message):
    __slots__ = ("config",)
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: Value
    def __init__(self, config: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...

class ConfigureResponse(_message.Message):
    __slots__ = ("diagnostics",)
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    def __init__(self, diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ...) -> None: ...

class ProviderSchema(_message.Message):
    __slots__ = ("provider",)
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    provider: Schema
    def __init__(self, provider: _Optional[_Union[Schema, _Mapping]] = ...) -> None: ...

class Schema(_message.Message):
    __slots__ = ("version", "block")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    version: int
    block: Block
    def __init__(self, version: _Optional[int] = ..., block: _Optional[_Union[Block, _Mapping]] = ...) -> None: ...

class Block(_message.Message):
    __slots__ = ("attributes", "block_types")
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    BLOCK_TYPES_FIELD_NUMBER: _ClassVar[int]
    attributes: _containers.RepeatedCompositeFieldContainer[Attribute]
    block_types: _containers.RepeatedCompositeFieldContainer[NestedBlock]
    def __init__(self, attributes: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ..., block_types: _Optional[_Iterable[_Union[NestedBlock, _Mapping]]] = ...) -> None: ...

class Attribute(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class NestedBlock(_message.Message):
    __slots__ = ("type_name", "block", "nesting")
    class Nesting(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[NestedBlock.Nesting]
        SINGLE: _ClassVar[NestedBlock.Nesting]
        LIST: _ClassVar[NestedBlock.Nesting]
        SET: _ClassVar[NestedBlock.Nesting]
        MAP: _ClassVar[NestedBlock.Nesting]
        GROUP: _ClassVar[NestedBlock.Nesting]
    UNKNOWN: NestedBlock.Nesting
    SINGLE: NestedBlock.Nesting
    LIST: NestedBlock.Nesting
    SET: NestedBlock.Nesting
    MAP: NestedBlock.Nesting
    GROUP: NestedBlock.Nesting
    TYPE_NAME_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    NESTING_FIELD_NUMBER: _ClassVar[int]
    type_name: str
    block: Block
    nesting: NestedBlock.Nesting
    def __init__(self, type_name: _Optional[str] = ..., block: _Optional[_Union[Block, _Mapping]] = ..., nesting: _Optional[_Union[NestedBlock.Nesting, str]] = ...) -> None: ...

class RawState(_message.Message):
    __slots__ = ("json",)
    JSON_FIELD_NUMBER: _ClassVar[int]
    json: bytes
    def __init__(self, json: _Optional[bytes] = ...) -> None: ...

class UpgradeRequest(_message.Message):
    __slots__ = ("type_name", "version", "raw_state")
    TYPE_NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RAW_STATE_FIELD_NUMBER: _ClassVar[int]
    type_name: str
    version: int
    raw_state: RawState
    def __init__(self, type_name: _Optional[str] = ..., version: _Optional[int] = ..., raw_state: _Optional[_Union[RawState, _Mapping]] = ...) -> None: ...

class UpgradeResponse(_message.Message):
    __slots__ = ("upgraded_state", "diagnostics")
    UPGRADED_STATE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    upgraded_state: Value
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    def __init__(self, upgraded_state: _Optional[_Union[Value, _Mapping]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ...) -> None: ...

class Identity(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: Value
    def __init__(self, data: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...

class UpgradeIdentityRequest(_message.Message):
    __slots__ = ("type_name", "version", "raw_identity")
    TYPE_NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RAW_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    type_name: str
    version: int
    raw_identity: RawState
    def __init__(self, type_name: _Optional[str] = ..., version: _Optional[int] = ..., raw_identity: _Optional[_Union[RawState, _Mapping]] = ...) -> None: ...

class UpgradeIdentityResponse(_message.Message):
    __slots__ = ("upgraded_identity", "diagnostics")
    UPGRADED_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    upgraded_identity: Identity
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    def __init__(self, upgraded_identity: _Optional[_Union[Identity, _Mapping]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ...) -> None: ...

class ReadRequest(_message.Message):
    __slots__ = ("type_name", "current_state", "private", "current_identity")
    TYPE_NAME_FIELD_NUMBER: _ClassVar[int]
    CURRENT_STATE_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_FIELD_NUMBER: _ClassVar[int]
    CURRENT_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    type_name: str
    current_state: Value
    private: bytes
    current_identity: Identity
    def __init__(self, type_name: _Optional[str] = ..., current_state: _Optional[_Union[Value, _Mapping]] = ..., private: _Optional[bytes] = ..., current_identity: _Optional[_Union[Identity, _Mapping]] = ...) -> None: ...

class Deferred(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReadResponse(_message.Message):
    __slots__ = ("new_state", "diagnostics", "deferred")
    NEW_STATE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_FIELD_NUMBER: _ClassVar[int]
    new_state: Value
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    deferred: Deferred
    def __init__(self, new_state: _Optional[_Union[Value, _Mapping]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ..., deferred: _Optional[_Union[Deferred, _Mapping]] = ...) -> None: ...
