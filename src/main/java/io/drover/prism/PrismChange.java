package io.drover.prism;

import io.drover.execution.Effect;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that changes something, with all that is needed to make it once: how it is written, how to
 * see that it has happened, and what its task leaves.
 *
 * @param kind e.g. {@code revert-vm}
 * @param target extId of what it acts on; its tasks name it
 * @param targetName for people; hostile text
 * @param write the call for an effect; what it makes is named after the effect
 * @param tagged the read whose entity tag the call must carry; null where none is needed
 * @param proof how to see that it has happened; null where only tasks tell
 * @param skipIfThere whether nothing is done at all when the proof shows it at the beginning
 * @param own tells whether a result is what this very effect made; null where nothing that is made
 *     tells by itself
 * @param taskWords words that the operation of its task speaks
 * @param result what its task made
 * @param detail reads more about what its task made; null from it when there is nothing to read
 */
public record PrismChange(
    String kind,
    String target,
    @Nullable String targetName,
    Function<Effect, PrismRequest> write,
    @Nullable PrismRequest tagged,
    @Nullable Proof proof,
    boolean skipIfThere,
    @Nullable BiPredicate<Effect, Map<String, Object>> own,
    List<String> taskWords,
    Function<PrismTask, Map<String, Object>> result,
    Function<PrismTask, @Nullable Detail> detail) {

  /**
   * A read that shows whether the change has happened.
   *
   * @param read for an effect; null when it is asked before there is one
   * @param happened the result when the answer shows that it has; null when not. The answer is null
   *     when there is no such thing (404)
   */
  public record Proof(
      Function<@Nullable Effect, PrismRequest> read,
      BiFunction<@Nullable Effect, @Nullable PrismAnswer, @Nullable Map<String, Object>>
          happened) {}

  /** A read of what was made, and the result with it. */
  public record Detail(PrismRequest read, Function<PrismAnswer, Map<String, Object>> result) {}

  /** {@code revert-vm of web-2 (0a…)}. */
  public String told() {
    return kind + " of " + (targetName == null ? target : targetName + " (" + target + ")");
  }
}
