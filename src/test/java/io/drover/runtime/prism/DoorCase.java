package io.drover.runtime.prism;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.runtime.prism.DoorLab.Ended;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One case of the door: what the far side answers, which block is called with what, and what is
 * true afterwards.
 */
record DoorCase(
    String name,
    Consumer<ScriptedPrism> script,
    String block,
    Map<String, ?> given,
    BiConsumer<Ended, ScriptedPrism> proof) {

  /** Runs it against a Prism Central of its own. */
  void run() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central system = lab.fresh();
    script.accept(system.server());
    Map<String, Object> all = new LinkedHashMap<>(given);
    all.put("system", system.name());
    Ended ended = lab.call(block, all);
    proof.accept(ended, system.server());
    assertThat(ended.message()).as("secrets stay out of what people read").doesNotContain("s3cret");
  }

  /** The step succeeded. */
  static BiConsumer<Ended, ScriptedPrism> ok(BiConsumer<Ended, ScriptedPrism> more) {
    return (ended, server) -> {
      assertThat(ended.kind()).as(ended.message()).isNull();
      more.accept(ended, server);
    };
  }

  /** The step failed with this kind and a message that has these words. */
  static BiConsumer<Ended, ScriptedPrism> fails(String kind, int calls, String... words) {
    return (ended, server) -> {
      assertThat(ended.kind()).as(ended.message()).isEqualTo(kind);
      for (String word : words) {
        assertThat(ended.message()).contains(word);
      }
      assertThat(server.seen()).as("calls that were made").hasSize(calls);
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
