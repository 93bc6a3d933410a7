package io.drover.testing;

/** A route file as operators write them. */
public final class SampleRouteFile {
  private SampleRouteFile() {}

  /**
   * A trigger, a runbook of three steps and a sub-route of its own.
   *
   * @param answer what the runbook ends with, so that a version is known by it
   * @param maxRows of a Kamelet in it: Camel makes a route of its own for each value
   */
  public static String text(String name, String answer, int maxRows) {
    return """
        - route:
            id: NAME-by-http
            description: Start NAME.
            routeConfigurationId: http-trigger
            from:
              uri: "platform-http:/triggers/NAME"
              parameters: { httpMethodRestrict: POST }
              steps:
                - to: "runbook:NAME"
                - process: { ref: startedAnswer }
        - route:
            id: NAME
            description: Look at a VM.
            from:
              uri: "runbook:NAME?mutating=false"
              steps:
                - setVariable: { name: system, constant: prod }
                - setVariable: { name: vmName, constant: web-1 }
                - step:
                    id: ask
                    steps:
                      - to: "kamelet:prism-get-domain-manager-action"
                - step:
                    id: list
                    steps:
                      - to: "kamelet:prism-list-vms-action?select=extId&maxRows=ROWS"
                - step:
                    id: look
                    steps:
                      - to: "direct:answer"
                - setVariable: { name: outcomeReason, simple: "${body}" }
        - route:
            id: NAME-answer
            description: Say what was asked for.
            from:
              uri: "direct:answer"
              steps:
                - setBody: { constant: "ANSWER" }
        # whole
        """
        .replace("NAME", name)
        .replace("ROWS", String.valueOf(maxRows))
        .replace("ANSWER", answer);
  }
}
