package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A run that is killed at any journal write and resumed leaves the same ledger as one that is not.
 */
class DurableStepTest {

  record Case(String name, String steps, Outcome outcome, List<String> labels) {
    @Override
    public String toString() {
      return name;
    }

    String yaml() {
      return """
          - route:
              id: story
              description: A story.
              from:
                uri: runbook:story
                steps:
          """
          + steps.indent(10)
          + """
          - route:
              id: child
              description: A child.
              from:
                uri: runbook:child
                steps:
                  - step:
                      id: work
                      steps:
                        - process: { ref: work }
                        - setBody: { simple: "did ${variable.inputs[item]}" }
          """;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "two steps and a variable",
            """
            - step: { id: a, steps: [ { setVariable: { name: x, simple: "one" } }, { setBody: { simple: "A" } } ] }
            - choice:
                when:
                  - simple: "${variable.x} == 'one'"
                    steps:
                      - step: { id: b, steps: [ { setBody: { simple: "${body}B" } } ] }
            """,
            Outcome.SUCCEEDED,
            List.of("a#1.1", "b#1.1")),
        new Case(
            "redelivery, then the route goes on",
            """
            - onException:
                exception: [ java.lang.Exception ]
                redeliveryPolicy: { maximumRedeliveries: 3, redeliveryDelay: "1", asyncDelayedRedelivery: true }
                handled: { constant: "true" }
                steps:
                  - step: { id: undo, steps: [ { log: "undo" } ] }
                  - setVariable: { name: outcome, constant: ROLLED_BACK }
            - step: { id: flaky, steps: [ { process: { ref: flaky } } ] }
            - step: { id: flaky2, steps: [ { process: { ref: flaky2 } } ] }
            """,
            Outcome.SUCCEEDED,
            List.of(
                "flaky#1.1 flaked",
                "flaky#1.2 flaked",
                "flaky#1.3",
                "flaky2#1.1 flaked",
                "flaky2#1.2 flaked",
                "flaky2#1.3")),
        new Case(
            "failure, rollback in the block",
            """
            - onException:
                exception: [ java.lang.Exception ]
                handled: { constant: "true" }
                steps:
                  - step: { id: undo, steps: [ { setVariable: { name: undone, simple: "${exception.kind} ${exception.step}" } } ] }
                  - step: { id: prove, steps: [ { log: "proved" } ] }
                  - setVariable: { name: outcome, constant: ROLLED_BACK }
            - step: { id: do, steps: [ { setVariable: { name: did, simple: "it" } } ] }
            - step: { id: break, steps: [ { process: { ref: breaks } } ] }
            - step: { id: never, steps: [ { log: "never" } ] }
            """,
            Outcome.ROLLED_BACK,
            List.of("do#1.1", "break#1.1 broken", "undo#1.1", "prove#1.1")),
        new Case(
            "a rollback step fails",
            """
            - onException:
                exception: [ java.lang.Exception ]
                handled: { constant: "true" }
                steps:
                  - step: { id: undo, steps: [ { process: { ref: breaks } } ] }
                  - setVariable: { name: outcome, constant: ROLLED_BACK }
            - step: { id: break, steps: [ { process: { ref: breaks } } ] }
            """,
            Outcome.ROLLBACK_UNPROVEN,
            List.of("break#1.1 broken", "undo#1.1 broken")),
        new Case(
            "handled without an outcome",
            """
            - onException:
                exception: [ java.lang.Exception ]
                handled: { constant: "true" }
                steps: [ { log: "handled" } ]
            - step: { id: break, steps: [ { process: { ref: breaks } } ] }
            """,
            Outcome.NEEDS_HUMAN,
            List.of("break#1.1 broken")),
        new Case(
            "not handled at all",
            """
            - step: { id: break, steps: [ { process: { ref: breaks } } ] }
            """,
            Outcome.FAILED_UNCHANGED,
            List.of("break#1.1 broken")),
        new Case(
            "a loop of three rounds",
            """
            - setVariable: { name: n, expression: { constant: { expression: "0", resultType: int } } }
            - loop:
                doWhile: true
                simple: "${variable.n} < 3"
                steps:
                  - step: { id: round, steps: [ { setVariable: { name: n, expression: { simple: { expression: "${variable.n}++", resultType: int } } } } ] }
            """,
            Outcome.SUCCEEDED,
            List.of("round#1.1", "round#2.1", "round#3.1")),
        new Case(
            "doTry catches and goes on",
            """
            - doTry:
                steps:
                  - step: { id: break, steps: [ { process: { ref: breaks } } ] }
                doCatch:
                  - exception: [ java.lang.Exception ]
                    steps:
                      - step: { id: mend, steps: [ { log: "mended" } ] }
            - step: { id: after, steps: [ { log: "after" } ] }
            - setVariable: { name: outcome, constant: SUCCEEDED }
            """,
            Outcome.SUCCEEDED,
            List.of("break#1.1 broken", "mend#1.1", "after#1.1")),
        new Case(
            "children, two at a time",
            """
            - step: { id: list, steps: [ { setBody: { simple: "a,b,c,d,e" } } ] }
            - step:
                id: each
                steps:
                  - to: "runbook:child?each=true&key=${body}&maxInFlight=2"
            - step: { id: after, steps: [ { setBody: { simple: "${body.size}" } } ] }
            """,
            Outcome.SUCCEEDED,
            List.of("list#1.1", "each#1.1", "after#1.1")));
  }

  private static EngineLab lab(Case story) {
    return new EngineLab(story.yaml())
        .bean("flaky", DurableStepTest::flake)
        .bean("flaky2", DurableStepTest::flake)
        .bean("work", e -> {})
        .bean(
            "breaks",
            e -> {
              throw new CallFailure(CallFailure.Verdict.FAILED, "broken", "It broke");
            });
  }

  private static void flake(Exchange exchange) {
    if (StepContext.of(exchange).key().attempt() < 3) {
      throw new CallFailure(CallFailure.Verdict.TRANSIENT, "flaked", "Try again");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void endsTheSameWhereverItIsKilled(Case story) throws Exception {
    int writes;
    String result;
    try (EngineLab lab = lab(story);
        EngineLab.Life life = lab.life()) {
      Execution ended = life.end(life.start("story", "{}").id());
      assertThat(ended.outcome()).as(ended.reason()).isEqualTo(story.outcome());
      assertThat(life.labels(ended.id())).isEqualTo(story.labels());
      result = ended.result();
      writes = life.writes.get();
    }
    int kills = 0;
    for (int at = 1; at <= writes; at++) {
      for (boolean afterWrite : new boolean[] {false, true}) {
        try (EngineLab lab = lab(story)) {
          String id;
          try (EngineLab.Life first = lab.life(at, afterWrite)) {
            id = first.start("story", "{}").id();
            first.died.get(20, TimeUnit.SECONDS);
          }
          try (EngineLab.Life second = lab.life()) {
            Execution ended = second.end(id);
            assertThat(ended.outcome())
                .as("killed at %d %s: %s", at, afterWrite, ended.reason())
                .isEqualTo(story.outcome());
            assertThat(second.labels(id))
                .as("killed at %d %s", at, afterWrite)
                .isEqualTo(story.labels());
            if (!story.name().startsWith("children")) {
              assertThat(ended.result()).isEqualTo(result);
            } else {
              assertThat(second.executions.children(id))
                  .hasSize(5)
                  .allMatch(c -> c.outcome() == Outcome.SUCCEEDED);
            }
          }
          kills++;
        }
      }
    }
    System.out.println(
        "DURABLE STEP \""
            + story.name()
            + "\": "
            + kills
            + " kills at "
            + writes
            + " writes, all ended "
            + story.outcome());
  }

  @Test
  void refusesAStepInASplit() throws Exception {
    Case story =
        new Case(
            "split",
            """
            - split:
                simple: "a,b"
                steps:
                  - step: { id: inside, steps: [ { log: "x" } ] }
            """,
            Outcome.FAILED_UNCHANGED,
            List.of());
    try (EngineLab lab = lab(story);
        EngineLab.Life life = lab.life()) {
      Execution ended = life.end(life.start("story", "{}").id());
      assertThat(ended.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
      assertThat(ended.reason()).contains("split");
    }
  }

  @Test
  void stopsWhenTheRouteComesToAnotherStepThanTheRecordedOne() throws Exception {
    AtomicInteger turns = new AtomicInteger();
    Case story =
        new Case(
            "random",
            """
            - process: { ref: turn }
            - choice:
                when:
                  - simple: "${variable.turn} == 1"
                    steps: [ { step: { id: left, steps: [ { log: "l" } ] } } ]
                otherwise:
                  steps: [ { step: { id: right, steps: [ { log: "r" } ] } } ]
            - step: { id: after, steps: [ { log: "x" } ] }
            """,
            Outcome.NEEDS_HUMAN,
            List.of());
    try (EngineLab lab =
        lab(story).bean("turn", e -> e.setVariable("turn", turns.incrementAndGet()))) {
      String id;
      try (EngineLab.Life first = lab.life(3, true)) {
        id = first.start("story", "{}").id();
        first.died.get(20, TimeUnit.SECONDS);
      }
      try (EngineLab.Life second = lab.life()) {
        Execution ended = second.end(id);
        assertThat(ended.outcome()).isEqualTo(Outcome.NEEDS_HUMAN);
        assertThat(ended.reason()).contains("diverged", "left#1.1", "right#1.1");
      }
    }
  }

  @Test
  void refusesAResultThatWouldNotComeBack() throws Exception {
    Case story =
        new Case(
            "object",
            "- step: { id: odd, steps: [ { process: { ref: odd } } ] }\n",
            Outcome.FAILED_UNCHANGED,
            List.of());
    try (EngineLab lab =
            lab(story)
                .bean("odd", e -> e.setVariable("thing", Map.of("at", java.time.Instant.EPOCH)));
        EngineLab.Life life = lab.life()) {
      Execution ended = life.end(life.start("story", "{}").id());
      assertThat(ended.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
      assertThat(ended.reason()).contains("unstorable", "variable thing.at", "java.time.Instant");
    }
  }

  @Test
  void carriesInputsThatAreLargerThanWhatAStepMayLeave() throws Exception {
    Case story =
        new Case(
            "large inputs",
            "- step: { id: a, steps: [ { setBody: { constant: done } } ] }\n",
            Outcome.SUCCEEDED,
            List.of());
    String inputs = "{\"text\":[\"" + "x".repeat(200_000) + "\"]}";
    try (EngineLab lab = lab(story);
        EngineLab.Life life = lab.life()) {
      Execution ended = life.end(life.start("story", inputs).id());
      assertThat(ended.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }
  }

  @Test
  void refusesAVariableThatGrewTooLargeInPlace() throws Exception {
    Case story =
        new Case(
            "grows",
            "- step: { id: grow, steps: [ { process: { ref: grow } } ] }\n",
            Outcome.FAILED_UNCHANGED,
            List.of());
    try (EngineLab lab =
            lab(story)
                .bean(
                    "grow",
                    e -> {
                      @SuppressWarnings("unchecked")
                      Map<String, Object> inputs = e.getVariable("inputs", Map.class);
                      inputs.put("more", "x".repeat(200_000));
                    });
        EngineLab.Life life = lab.life()) {
      Execution ended = life.end(life.start("story", "{}").id());
      assertThat(ended.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
      assertThat(ended.reason()).contains("unstorable", "variable inputs");
    }
  }

  @Test
  void anExecutionEndsOnTheVersionItBeganWith() throws Exception {
    String before =
        """
        - route:
            id: story
            from:
              uri: runbook:story
              steps:
                - step: { id: first, steps: [ { setBody: { simple: "old" } } ] }
                - step: { id: old-way, steps: [ { setBody: { simple: "${body} way" } } ] }
        - route:
            id: trigger
            from: { uri: "direct:trigger", steps: [ { to: "runbook:story" } ] }
        """;
    String after = before.replace("old", "new");
    try (EngineLab lab = new EngineLab(before)) {
      String id;
      try (EngineLab.Life life = lab.life(2, true)) { // running, and the first step's outcome
        id = life.start("story", "{}").id();
        life.died.get(10, java.util.concurrent.TimeUnit.SECONDS);
      }
      lab.edited(after);
      try (EngineLab.Life life = lab.life()) {
        assertThat(life.end(id).result()).isEqualTo("\"old way\"");
        assertThat(life.labels(id)).containsExactly("first#1.1", "old-way#1.1");
        Execution fresh = life.end(life.start("story", "{}").id());
        assertThat(fresh.result()).isEqualTo("\"new way\"");
      }
    }
  }
}
