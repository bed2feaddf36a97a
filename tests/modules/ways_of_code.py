"""Ways by which code runs with a role that is not its own: PassRole, and what has one."""

from __future__ import annotations

from tests.modules.ways import HERE, VICTIM, Ask, passing, way

FUNCTION = "arn:aws:lambda:" + HERE + ":function:somebodys"
PASSES = (
    way("lambda:CreateFunction", passing("lambda"), Ask("lambda:CreateFunction", FUNCTION)),
    way("lambda:UpdateFunctionCode", Ask("lambda:UpdateFunctionCode", FUNCTION)),
    way("lambda:UpdateFunctionConfiguration", Ask("lambda:UpdateFunctionConfiguration", FUNCTION)),
    way(
        "lambda:CreateEventSourceMapping",
        Ask("lambda:CreateEventSourceMapping", "*", {"lambda:FunctionArn": FUNCTION}),
    ),
    way("lambda:InvokeFunction", Ask("lambda:InvokeFunction", FUNCTION)),
    way(
        "ec2:RunInstances",
        passing("ec2"),
        Ask("ec2:RunInstances", "arn:aws:ec2:" + HERE + ":instance/*"),
    ),
    way(
        "ec2:AssociateIamInstanceProfile",
        passing("ec2"),
        Ask("ec2:AssociateIamInstanceProfile", "arn:aws:ec2:" + HERE + ":instance/i-0"),
    ),
    way(
        "ec2:ReplaceIamInstanceProfileAssociation",
        passing("ec2"),
        Ask("ec2:ReplaceIamInstanceProfileAssociation", "arn:aws:ec2:" + HERE + ":instance/i-0"),
    ),
    way(
        "ec2:ModifyInstanceAttribute",
        Ask("ec2:ModifyInstanceAttribute", "arn:aws:ec2:" + HERE + ":instance/i-0"),
    ),
    way(
        "ec2:CreateLaunchTemplateVersion",
        Ask("ec2:CreateLaunchTemplateVersion", "arn:aws:ec2:" + HERE + ":launch-template/lt-0"),
        Ask("ec2:ModifyLaunchTemplate", "arn:aws:ec2:" + HERE + ":launch-template/lt-0"),
    ),
    way(
        "ec2-instance-connect",
        Ask("ec2-instance-connect:SendSSHPublicKey", "arn:aws:ec2:" + HERE + ":instance/i-0"),
    ),
    way(
        "autoscaling:CreateLaunchConfiguration",
        passing("ec2"),
        Ask(
            "autoscaling:CreateLaunchConfiguration",
            "arn:aws:autoscaling:" + HERE + ":launchConfiguration:x:launchConfigurationName/y",
        ),
        Ask(
            "autoscaling:UpdateAutoScalingGroup",
            "arn:aws:autoscaling:" + HERE + ":autoScalingGroup:x:autoScalingGroupName/y",
        ),
    ),
    way(
        "autoscaling:CreateAutoScalingGroup",
        Ask(
            "autoscaling:CreateAutoScalingGroup",
            "arn:aws:autoscaling:" + HERE + ":autoScalingGroup:x:autoScalingGroupName/y",
        ),
    ),
    way(
        "ecs:RunTask",
        passing("ecs-tasks"),
        Ask("ecs:RegisterTaskDefinition", "*"),
        Ask("ecs:RunTask", "arn:aws:ecs:" + HERE + ":task-definition/x:1"),
    ),
    way(
        "ecs:CreateService",
        passing("ecs-tasks"),
        Ask("ecs:CreateService", "arn:aws:ecs:" + HERE + ":service/c/s"),
    ),
    way(
        "ecs:UpdateService",
        Ask(
            "ecs:UpdateService",
            "arn:aws:ecs:" + HERE + ":service/c/s",
            {"ecs:task-definition": "arn:aws:ecs:" + HERE + ":task-definition/theirs:1"},
        ),
    ),
    way("ecs:ExecuteCommand", Ask("ecs:ExecuteCommand", "arn:aws:ecs:" + HERE + ":task/c/t")),
    way(
        "states:CreateStateMachine",
        passing("states"),
        Ask("states:CreateStateMachine", "arn:aws:states:" + HERE + ":stateMachine:x"),
    ),
    way(
        "states:UpdateStateMachine",
        Ask("states:UpdateStateMachine", "arn:aws:states:" + HERE + ":stateMachine:x"),
    ),
    way(
        "states:StartExecution",
        Ask("states:StartExecution", "arn:aws:states:" + HERE + ":stateMachine:x"),
    ),
    way(
        "codebuild:CreateProject",
        passing("codebuild"),
        Ask("codebuild:CreateProject", "arn:aws:codebuild:" + HERE + ":project/x"),
    ),
    way(
        "codebuild:UpdateProject",
        Ask("codebuild:UpdateProject", "arn:aws:codebuild:" + HERE + ":project/x"),
    ),
    way(
        "codebuild:StartBuild",
        Ask("codebuild:StartBuild", "arn:aws:codebuild:" + HERE + ":project/x"),
    ),
    way(
        "cloudformation:CreateStack",
        passing("cloudformation"),
        Ask("cloudformation:CreateStack", "arn:aws:cloudformation:" + HERE + ":stack/x/*"),
    ),
    way(
        "cloudformation:UpdateStack with a role",
        Ask(
            "cloudformation:UpdateStack",
            "arn:aws:cloudformation:" + HERE + ":stack/x/y",
            {"cloudformation:RoleArn": VICTIM},
        ),
    ),
    way(
        "cloudformation:UpdateStack from elsewhere",
        Ask(
            "cloudformation:UpdateStack",
            "arn:aws:cloudformation:" + HERE + ":stack/x/y",
            {"cloudformation:TemplateUrl": "https://evil.example.com/t"},
        ),
    ),
    way(
        "cloudformation:UpdateStack",
        Ask("cloudformation:UpdateStack", "arn:aws:cloudformation:" + HERE + ":stack/x/y"),
    ),
    way(
        "cloudformation:ExecuteChangeSet",
        Ask("cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:" + HERE + ":stack/x/y"),
    ),
    way(
        "cloudformation:CreateChangeSet",
        Ask("cloudformation:CreateChangeSet", "arn:aws:cloudformation:" + HERE + ":stack/x/y"),
    ),
    way(
        "cloudformation:SetStackPolicy",
        Ask("cloudformation:SetStackPolicy", "arn:aws:cloudformation:" + HERE + ":stack/x/y"),
    ),
    way(
        "cloudformation:UpdateStackSet",
        Ask("cloudformation:UpdateStackSet", "arn:aws:cloudformation:" + HERE + ":stackset/x:y"),
    ),
    way(
        "glue:CreateJob", passing("glue"), Ask("glue:CreateJob", "arn:aws:glue:" + HERE + ":job/x")
    ),
    way(
        "glue:CreateDevEndpoint",
        passing("glue"),
        Ask("glue:CreateDevEndpoint", "arn:aws:glue:" + HERE + ":devEndpoint/x"),
    ),
    way("glue:UpdateJob", Ask("glue:UpdateJob", "arn:aws:glue:" + HERE + ":job/x")),
    way(
        "sagemaker:CreateNotebookInstance",
        passing("sagemaker"),
        Ask(
            "sagemaker:CreateNotebookInstance", "arn:aws:sagemaker:" + HERE + ":notebook-instance/x"
        ),
    ),
    way(
        "sagemaker:CreateTrainingJob",
        passing("sagemaker"),
        Ask("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:" + HERE + ":training-job/x"),
    ),
    way(
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        Ask(
            "sagemaker:CreatePresignedNotebookInstanceUrl",
            "arn:aws:sagemaker:" + HERE + ":notebook-instance/x",
        ),
    ),
    way(
        "datapipeline:PutPipelineDefinition",
        passing("datapipeline"),
        Ask("datapipeline:PutPipelineDefinition", "arn:aws:datapipeline:" + HERE + ":pipeline/x"),
    ),
    way(
        "apprunner:CreateService",
        passing("tasks.apprunner"),
        Ask("apprunner:CreateService", "arn:aws:apprunner:" + HERE + ":service/x/y"),
    ),
    way(
        "batch:SubmitJob",
        passing("ecs-tasks"),
        Ask("batch:RegisterJobDefinition", "arn:aws:batch:" + HERE + ":job-definition/x"),
        Ask("batch:SubmitJob", "arn:aws:batch:" + HERE + ":job-queue/x"),
    ),
    way(
        "events:PutTargets",
        passing("events"),
        Ask("events:PutRule", "arn:aws:events:" + HERE + ":rule/x"),
        Ask("events:PutTargets", "arn:aws:events:" + HERE + ":rule/x"),
    ),
    way(
        "scheduler:CreateSchedule",
        passing("scheduler"),
        Ask("scheduler:CreateSchedule", "arn:aws:scheduler:" + HERE + ":schedule/default/x"),
    ),
    way(
        "pipes:CreatePipe",
        passing("pipes"),
        Ask("pipes:CreatePipe", "arn:aws:pipes:" + HERE + ":pipe/x"),
    ),
    way("ssm:SendCommand", Ask("ssm:SendCommand", "arn:aws:ec2:" + HERE + ":instance/i-0")),
    way("ssm:StartSession", Ask("ssm:StartSession", "arn:aws:ec2:" + HERE + ":instance/i-0")),
    way(
        "ssm:CreateAssociation",
        Ask("ssm:CreateAssociation", "arn:aws:ec2:" + HERE + ":instance/i-0"),
    ),
    way(
        "ssm:StartAutomationExecution",
        passing("ssm"),
        Ask(
            "ssm:StartAutomationExecution",
            "arn:aws:ssm:" + HERE + ":automation-definition/somebodys:1",
        ),
    ),
    way("ssm:CreateDocument", Ask("ssm:CreateDocument", "arn:aws:ssm:" + HERE + ":document/x")),
    way("ssm:UpdateDocument", Ask("ssm:UpdateDocument", "arn:aws:ssm:" + HERE + ":document/x")),
    way(
        "eks:AssociateAccessPolicy",
        Ask("eks:AssociateAccessPolicy", "arn:aws:eks:" + HERE + ":access-entry/c/role/1/r/u"),
    ),
    way(
        "eks:CreateAccessEntry", Ask("eks:CreateAccessEntry", "arn:aws:eks:" + HERE + ":cluster/c")
    ),
    way(
        "cognito-identity:SetIdentityPoolRoles",
        passing("cognito-identity"),
        Ask("cognito-identity:SetIdentityPoolRoles", "*"),
    ),
    way(
        "bedrock-agentcore:CreateCodeInterpreter",
        passing("bedrock-agentcore"),
        Ask("bedrock-agentcore:CreateCodeInterpreter", "*"),
    ),
    way(
        "sso-admin",
        Ask("sso:AttachManagedPolicyToPermissionSet", "arn:aws:sso:::permissionSet/i/p"),
        Ask("sso:CreateAccountAssignment", "arn:aws:sso:::instance/i"),
    ),
)
