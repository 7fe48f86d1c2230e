//! The types of KubeVela that are read here, by their names in documents and in the support matrix.

pub(in crate::oam) const CRON_TASK: &str = "cron-task";
pub(in crate::oam) const DAEMON: &str = "daemon";
pub(in crate::oam) const STATEFUL_SET: &str = "statefulset";
pub(in crate::oam) const TASK: &str = "task";
pub(in crate::oam) const WEBSERVICE: &str = "webservice";
pub(in crate::oam) const WORKER: &str = "worker";

pub(in crate::oam) const AFFINITY: &str = "affinity";
pub(in crate::oam) const ANNOTATIONS: &str = "annotations";
pub(in crate::oam) const COMMAND: &str = "command";
pub(in crate::oam) const CONTAINER_IMAGE: &str = "container-image";
pub(in crate::oam) const CONTAINER_PORTS: &str = "container-ports";
pub(in crate::oam) const CPU_SCALER: &str = "cpuscaler";
pub(in crate::oam) const ENV: &str = "env";
pub(in crate::oam) const EXPOSE: &str = "expose";
pub(in crate::oam) const GATEWAY: &str = "gateway";
pub(in crate::oam) const HPA: &str = "hpa";
pub(in crate::oam) const INGRESS: &str = "ingress";
pub(in crate::oam) const INGRESS_1_20: &str = "ingress-1-20";
pub(in crate::oam) const INIT_CONTAINER: &str = "init-container";
pub(in crate::oam) const LABELS: &str = "labels";
pub(in crate::oam) const LIFECYCLE: &str = "lifecycle";
pub(in crate::oam) const POD_SECURITY_CONTEXT: &str = "podsecuritycontext";
pub(in crate::oam) const PURE_INGRESS: &str = "pure-ingress";
pub(in crate::oam) const RESOURCE: &str = "resource";
pub(in crate::oam) const ROLLOUT: &str = "rollout";
pub(in crate::oam) const SCALER: &str = "scaler";
pub(in crate::oam) const SECURITY_CONTEXT: &str = "securitycontext";
pub(in crate::oam) const SERVICE_ACCOUNT: &str = "service-account";
pub(in crate::oam) const SERVICE_BINDING: &str = "service-binding";
pub(in crate::oam) const SIDECAR: &str = "sidecar";
pub(in crate::oam) const STARTUP_PROBE: &str = "startup-probe";
pub(in crate::oam) const STORAGE: &str = "storage";
pub(in crate::oam) const UPDATE_STRATEGY: &str = "k8s-update-strategy";

pub(in crate::oam) const ENV_BINDING: &str = "env-binding";
pub(in crate::oam) const OVERRIDE: &str = "override";

pub(in crate::oam) const APPLY_APPLICATION: &str = "apply-application";
pub(in crate::oam) const APPLY_APPLICATION_IN_PARALLEL: &str = "apply-application-in-parallel";
pub(in crate::oam) const APPLY_COMPONENT: &str = "apply-component";
pub(in crate::oam) const APPLY_OBJECT: &str = "apply-object";
pub(in crate::oam) const APPLY_REMAINING: &str = "apply-remaining";
pub(in crate::oam) const DEPLOY: &str = "deploy";
pub(in crate::oam) const DEPLOY_TO_ENV: &str = "deploy2env";
pub(in crate::oam) const MULTI_ENV: &str = "multi-env";
pub(in crate::oam) const ROLLOUT_WAIT: &str = "rollout-wait-succeed";
pub(in crate::oam) const STEP_GROUP: &str = "step-group";
