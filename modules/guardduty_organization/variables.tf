variable "features" {
  description = "GuardDuty features, on or off, for every account of the organization."
  type        = map(bool)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.features), local.known_features)) == 0
    error_message = "Not a feature, or one that installs agents and is decided per workload: ${join(", ", setsubtract(keys(var.features), local.known_features))}; known are ${join(", ", local.known_features)}."
  }
}
