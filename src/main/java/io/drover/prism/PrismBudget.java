package io.drover.prism;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** All tiers of one Prism Central; a call needs a place in its own tier and in the whole. */
public final class PrismBudget {
  private final Map<Tier, TierBudget> tiers = new EnumMap<>(Tier.class);

  /**
   * @param perSecond limits by tier; a missing one has the tier's own, 0 is none
   */
  public PrismBudget(Map<Tier, Integer> perSecond, Timeline timeline) {
    for (Tier tier : Tier.values()) {
      int limit = perSecond.getOrDefault(tier, tier.perSecond());
      tiers.put(tier, new TierBudget(limit, timeline));
    }
  }

  /** Asks for one call; urgent ones (rollbacks) go first. */
  public CompletableFuture<Slot> acquire(Tier tier, boolean urgent) {
    CompletableFuture<TierBudget.Permit> own = budget(tier).acquire(urgent);
    CompletableFuture<TierBudget.Permit> whole =
        own.thenCompose(permit -> budget(Tier.WHOLE).acquire(urgent));
    return own.thenCombine(whole, Slot::new);
  }

  private TierBudget budget(Tier tier) {
    TierBudget budget = tiers.get(tier);
    if (budget == null) {
      throw new IllegalStateException("Every tier has a budget");
    }
    return budget;
  }

  /** The right to make one call; given back by exactly one of its methods. */
  public record Slot(TierBudget.Permit own, TierBudget.Permit whole) {

    public void answered(RateAdvice advice, int status) {
      own.answered(advice, status == 429);
      whole.answeredWhole(advice, status == 429);
    }

    public void lost() {
      own.lost();
      whole.lost();
    }

    public void unused() {
      own.unused();
      whole.unused();
    }
  }
}
