"""What users of Python do: workflows through the official client of Kubernetes, and through Hera."""
import os
import sys


def kubernetes(kubeconfig):
    from kubernetes import client, config, watch

    config.load_kube_config(kubeconfig)
    custom, core = client.CustomObjectsApi(), client.CoreV1Api()
    place = ("argoproj.io", "v1alpha1", "default", "workflows")
    version = custom.list_namespaced_custom_object(*place)["metadata"]["resourceVersion"]
    template = {"name": "main", "container": {"image": "plain", "command": ["sh", "-c"], "args": ["echo hi"]}}
    body = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"generateName": "py-"}, "spec": {"entrypoint": "main", "templates": [template]}}
    name = custom.create_namespaced_custom_object(*place, body=body)["metadata"]["name"]
    seen = []
    for event in watch.Watch().stream(custom.list_namespaced_custom_object, *place, resource_version=version, timeout_seconds=60):
        if event["object"]["metadata"]["name"] != name:
            continue
        phase = event["object"].get("status", {}).get("phase", "")
        seen.append((event["type"], phase))
        if phase == "Succeeded":
            break
    assert seen[0][0] == "ADDED" and all(kind == "MODIFIED" for kind, _ in seen[1:]), seen
    assert seen[-1][1] == "Succeeded", seen
    assert core.read_namespaced_pod_log(name, "default", container="main") == "hi\n"
    labels = custom.patch_namespaced_custom_object(*place, name, {"metadata": {"labels": {"team": "blue"}}})["metadata"]["labels"]
    assert labels["team"] == "blue"
    assert [item["metadata"]["name"] for item in custom.list_namespaced_custom_object(*place, label_selector="team=blue")["items"]] == [name]
    assert [pod.status.phase for pod in core.list_namespaced_pod("default").items] == ["Succeeded"]
    assert len(core.list_node().items) == 1
    core.create_namespaced_config_map("default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="py"), data={"a": "b"}))
    assert core.read_namespaced_config_map("py", "default").data == {"a": "b"}
    assert "WorkflowSucceeded" in [event.reason for event in core.list_namespaced_event("default").items]
    custom.delete_namespaced_custom_object(*place, name)
    try:
        custom.get_namespaced_custom_object(*place, name)
        raise AssertionError("it is still there")
    except client.ApiException as error:
        assert error.status == 404


def hera(host, token):
    from hera.workflows import Container, Parameter, Step, Steps, Workflow, WorkflowsService, WorkflowTemplate

    service = WorkflowsService(host=host, token=token, namespace="default", verify_ssl=False)
    with Workflow(generate_name="hera-", entrypoint="steps", namespace="default", workflows_service=service) as workflow:
        say = Container(name="say", image="plain", command=["sh", "-c"], args=["echo {{inputs.parameters.word}}"], inputs=[Parameter(name="word")])
        with Steps(name="steps"):
            Step(name="a", template=say, arguments={"word": "one"})
            Step(name="b", template=say, arguments={"word": "two"})
    made = workflow.create(wait=True, poll_interval=1)
    name = made.metadata.name
    assert made.status.phase == "Succeeded", made.status
    assert service.get_workflow(name, namespace="default").status.phase == "Succeeded"
    assert [item.metadata.name for item in service.list_workflows(namespace="default").items] == [name]
    # Hera reads one line of a log: more than one are no JSON to it.
    service.workflow_logs(name, namespace="default", container="main", grep="two")
    with WorkflowTemplate(name="hera", entrypoint="say", namespace="default", workflows_service=service) as template:
        Container(name="say", image="plain", command=["sh", "-c"], args=["echo hi"])
    template.create()
    assert service.get_workflow_template("hera", namespace="default").metadata.name == "hera"
    template.update()
    service.delete_workflow_template("hera", namespace="default")
    service.delete_workflow(name, namespace="default")
    assert not service.list_workflows(namespace="default").items


if sys.argv[1] == "kubernetes":
    kubernetes(sys.argv[2])
else:
    hera(sys.argv[2], os.environ["TOKEN"])
print("done")
