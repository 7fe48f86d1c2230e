//! Workloads that components embed.

use super::*;
use crate::oam::model::component::Share;
use crate::oam::model::{Container, Volume, Workload};

#[test]
fn secrets_are_told_to_variables_and_files() {
    let app = component(
        workload(
            "apiVersion: core.oam.dev/v1alpha2\nkind: ContainerizedWorkload\nspec:\n  containers:\n  - name: app\n    image: app:1\n    command: [serve]\n    env:\n    - { name: PASSWORD, fromSecret: { name: db, key: password } }\n    - { name: NOTHING }\n    config:\n    - { path: /etc/app/key, fromSecret: { name: db, key: key } }",
        ),
        "app",
    );
    assert_eq!(variables(main(&app)), ["PASSWORD=db:password", "NOTHING="]);
    assert!(main(&app).files.contains_key("/etc/app/key"));
    assert!(main(&app).command.is_some());
    assert!(matches!(app.workload.value, Workload::Worker));
}

#[test]
fn a_deployment_is_a_server_if_it_has_ports() {
    let api = component(configuration("- componentName: api", ""), "api");
    assert!(matches!(api.workload.value, Workload::Server));
    assert_eq!(api.replicas.as_ref().and_then(|replicas| replicas.value.known()), Some(&2));
    assert_eq!(api.ports.first().map(|port| port.target), Some(9000));
    let worker = component(pod("containers: [{ name: app, image: 'app:1' }]"), "app");
    assert!(matches!(worker.workload.value, Workload::Worker));
}

#[test]
fn kinds_of_workloads_say_when_they_run() {
    let template = "template: { spec: { restartPolicy: OnFailure, containers: [{ name: app, image: 'app:1' }] } }";
    let job = component(
        workload(&format!(
            "apiVersion: batch/v1\nkind: Job\nspec:\n  completions: 3\n  parallelism: 1\n  backoffLimit: 2\n  {template}"
        )),
        "app",
    );
    assert!(matches!(job.workload.value, Workload::Task));
    assert_eq!(job.replicas.as_ref().and_then(|replicas| replicas.value.known()), Some(&3));
    assert_eq!(job.pod.retries.as_ref().map(|retries| retries.value), Some(2));
    let cron = component(
        workload(&format!(
            "apiVersion: batch/v1\nkind: CronJob\nspec:\n  schedule: '@daily'\n  jobTemplate:\n    spec: {{ {template} }}"
        )),
        "app",
    );
    assert!(matches!(cron.workload.value, Workload::CronTask(_)));
    let once = component(
        workload(
            "apiVersion: v1\nkind: Pod\nspec: { restartPolicy: Never, containers: [{ name: app, image: 'app:1' }] }",
        ),
        "app",
    );
    assert!(matches!(once.workload.value, Workload::SingletonTask));
    let stateful = component(
        workload(
            "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  serviceName: app\n  template: { spec: { containers: [{ name: app, image: 'app:1', volumeMounts: [{ name: data, mountPath: /data }] }] } }\n  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]",
        ),
        "app",
    );
    assert!(matches!(stateful.workload.value, Workload::Stateful));
    let volume = stateful.pod.volumes.get("data").map(|volume| &volume.value);
    assert!(matches!(volume, Some(Volume::Claim { claim, .. }) if claim == "app-data"), "{volume:?}");
}

#[test]
fn a_pod_says_what_its_containers_may_and_need() {
    let app = component(
        workload(
            r#"
apiVersion: apps/v1
kind: Deployment
spec:
  strategy: { rollingUpdate: { maxSurge: 50%, maxUnavailable: 1 } }
  template:
    spec:
      securityContext: { runAsUser: 1000 }
      imagePullSecrets: [{ name: registry }]
      initContainers:
        - { name: first, image: "busybox:1" }
        - { name: proxy, image: "proxy:1", restartPolicy: Always }
      containers:
        - name: app
          image: app:1
          workingDir: /srv
          ports: [{ name: http, containerPort: 8080 }]
          livenessProbe: { httpGet: { path: /, port: http, scheme: HTTPS } }
          resources: { limits: { cpu: 500m, memory: 1Gi } }
          securityContext: { runAsUser: 0, capabilities: { drop: [ALL] } }
"#,
        ),
        "app",
    );
    let names = |containers: &[Container]| containers.iter().map(|each| each.name.value.clone()).collect::<Vec<_>>();
    assert_eq!(names(&app.pod.containers), ["app", "proxy"]);
    assert_eq!(names(&app.pod.init_containers), ["first"]);
    let users: Vec<Option<String>> =
        app.pod.containers.iter().map(|each| each.security.user.as_ref()?.value.known().cloned()).collect();
    assert_eq!(users, [Some("0".to_owned()), Some("1000".to_owned())]);
    assert!(app.pod.containers.iter().all(|each| each.pull_secret.is_some()));
    let container = main(&app);
    assert!(container.working_directory.is_some());
    assert_eq!(container.resources.cpu.as_ref().map(|cpu| cpu.value.0), Some(500));
    assert_eq!(container.resources.memory, container.resources.memory_limit);
    let check = container.liveness.as_ref().map(|probe| format!("{:?}", probe.check)).unwrap_or_default();
    assert!(check.contains("8080") && check.contains("is_https: true"), "{check}");
    assert_eq!(app.strategy.max_surge.map(|share| share.value), Some(Share::Percent(50)));
    assert_eq!(app.strategy.max_unavailable.map(|share| share.value), Some(Share::Count(1)));
}

#[test]
fn variables_come_from_config_maps_and_secrets() {
    let text = r#"
apiVersion: core.oam.dev/v1alpha2
kind: Component
metadata: { name: app }
spec:
  workload:
    apiVersion: apps/v1
    kind: Deployment
    spec:
      template:
        spec:
          containers:
            - name: app
              image: app:1
              envFrom:
                - { prefix: APP_, configMapRef: { name: settings } }
                - { secretRef: { name: db } }
              env:
                - { name: LEVEL, valueFrom: { configMapKeyRef: { name: settings, key: level } } }
                - { name: KEY, valueFrom: { secretKeyRef: { name: other, key: key } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { level: debug }
---
apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: "{{resolve:secretsmanager:db:SecretString:password}}" }
---
apiVersion: core.oam.dev/v1alpha2
kind: ApplicationConfiguration
metadata: { name: shop }
spec: { components: [{ componentName: app }] }
"#;
    let app = component(with(json!({}), text), "app");
    assert_eq!(variables(main(&app)), ["APP_level=debug", "password=db:password", "LEVEL=debug", "KEY=other:key"]);
}
