package io.drover.catalog;

import java.util.Set;
import java.util.TreeSet;

/**
 * A bean of Drover's that routes may name; all others are out of their reach.
 *
 * @param uses how it is named as a whole; empty when only its methods are called
 * @param decides methods without side effects that say the same again on replay: anywhere
 * @param acts methods that belong into a step
 * @param shipped methods that only packaged runbooks may call, each with a waiver
 */
public record Bean(
    String name, Set<Use> uses, Set<String> decides, Set<String> acts, Set<String> shipped) {

  /** The ways of naming a bean as a whole. */
  public enum Use {
    /** {@code process}, inside a step. */
    STEP,
    /** {@code process}, in a trigger's route. */
    TRIGGER,
    /** {@code aggregationStrategy} of a split. */
    STRATEGY,
    /** {@code process} of packaged runbooks alone. */
    SHIPPED
  }

  Set<String> methods() {
    Set<String> all = new TreeSet<>(decides);
    all.addAll(acts);
    return all;
  }
}
