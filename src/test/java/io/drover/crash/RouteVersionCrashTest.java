package io.drover.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.drover.catalog.LiveRoutes;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.drover.testing.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Executions end on the version of their file that they began on, whoever kills what meanwhile. */
class RouteVersionCrashTest {
  private static final int EXECUTIONS = 20;
  private static final String FILE = "wait-and-say.camel.yaml";

  private static String text(String answer) {
    return """
        - route:
            id: wait-and-say
            description: Wait for a yes, and say which version this is.
            from:
              uri: "runbook:wait-and-say?mutating=false"
              steps:
                - setVariable: { name: system, constant: prod }
                - setVariable: { name: vmName, constant: web-1 }
                - step:
                    id: wait
                    steps:
                      - setBody: { simple: "${variable.inputs}" }
                      - to: "approval:go?approvers=group:approvers&timeout=PT1H"
                - step:
                    id: say
                    steps:
                      - to: "direct:say"
                - setVariable: { name: outcomeReason, simple: "${body}" }
        - route:
            id: wait-and-say-answer
            description: Say it.
            from:
              uri: "direct:say"
              steps:
                - setBody: { constant: "ANSWER" }
        """
        .replace("ANSWER", answer);
  }

  @Test
  void eachEndsOnTheVersionThatItBeganOn() throws Exception {
    try (Lab lab = Lab.with(1, List.of())) {
      lab.stop();
      Files.createDirectories(lab.routes());
      Path file = Files.writeString(lab.routes().resolve(FILE), text("old"));
      List<Path> inputs = new ArrayList<>();
      for (int i = 0; i < EXECUTIONS; i++) {
        inputs.add(Files.writeString(lab.folder().resolve("say-" + i + ".json"), "{}"));
      }
      Life life = new Life(lab, "wait-and-say", inputs, "");
      assertThat(life.await("UP", Duration.ofSeconds(90))).isTrue();
      Files.writeString(file, text("new"));
      life.await("NOTHING", Duration.ofSeconds(3));
      life.kill();

      lab.start();
      List<String> begun = new ArrayList<>();
      for (Path input : inputs) {
        begun.add(again(lab, input));
      }
      Execution fresh = find(lab, start(lab, null));
      String old = find(lab, begun.get(0)).version();
      assertThat(fresh.version()).isNotEqualTo(old);
      int onOld = 0;
      for (String id : begun.subList(0, EXECUTIONS / 2)) {
        onOld += ends(lab, id, "old");
      }
      // The file goes: nothing new starts, and whoever runs runs on.
      Files.delete(file);
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> lab.bean(LiveRoutes.class).find(FILE).isEmpty());
      lab.restart();
      for (String id : begun.subList(EXECUTIONS / 2, EXECUTIONS)) {
        onOld += ends(lab, id, "old");
      }
      int onNew = ends(lab, fresh.id(), "new");
      System.out.printf(
          "VERSION MATRIX: %d executions begun on a version, file changed, process killed, file"
              + " deleted, restarted: %d ended on it; begun on the next: 1, ended on it: %d%n",
          EXECUTIONS, onOld, onNew);
      assertThat(onOld).isEqualTo(EXECUTIONS);
      assertThat(onNew).isEqualTo(1);
      assertThatThrownBy(() -> start(lab, null)).isInstanceOf(NoSuchElementException.class);
    }
  }

  private static Execution find(Lab lab, String id) {
    return lab.bean(Executions.class).find(id).orElseThrow();
  }

  private static int ends(Lab lab, String id, String reason) {
    lab.answer(id, "go", true);
    return reason.equals(lab.end(id).reason()) ? 1 : 0;
  }

  /** The execution that the killed process started for that file. */
  private static String again(Lab lab, Path input) {
    return start(lab, String.valueOf(input.getFileName()));
  }

  private static String start(Lab lab, @Nullable String key) {
    return lab.bean(Runbooks.class)
        .start(
            new Runbooks.Start(
                "wait-and-say",
                JsonNodeFactory.instance.objectNode().toString(),
                "olga",
                new Trigger(Trigger.Kind.OPERATOR, "crash test"),
                key,
                null,
                null))
        .execution()
        .id();
  }
}
