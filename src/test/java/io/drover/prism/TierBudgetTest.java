package io.drover.prism;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TierBudgetTest {
  private final HandTurnedTimeline time = new HandTurnedTimeline();

  private static RateAdvice says(Integer limit, Integer remaining) {
    return new RateAdvice(limit, remaining, Duration.ofSeconds(1), null, null, null);
  }

  private TierBudget.Permit now(TierBudget budget) {
    CompletableFuture<TierBudget.Permit> wanted = budget.acquire(false);
    time.settle();
    assertThat(wanted).isCompleted();
    return wanted.join();
  }

  @Test
  void letsTheLimitThroughAndTheNextOneWindowAfterTheFirstAnswer() {
    TierBudget budget = new TierBudget(2, time);
    TierBudget.Permit first = now(budget);
    now(budget);
    CompletableFuture<TierBudget.Permit> third = budget.acquire(false);
    time.pass(Duration.ofSeconds(30));
    assertThat(third).as("neither call is answered").isNotDone();
    first.answered(RateAdvice.NONE, false);
    time.pass(Duration.ofMillis(1_004));
    assertThat(third).isNotDone();
    time.pass(Duration.ofMillis(1));
    assertThat(third).isCompleted();
  }

  @Test
  void letsRollbacksGoFirst() {
    TierBudget budget = new TierBudget(1, time);
    TierBudget.Permit first = now(budget);
    CompletableFuture<TierBudget.Permit> patch = budget.acquire(false);
    CompletableFuture<TierBudget.Permit> revert = budget.acquire(true);
    first.answered(RateAdvice.NONE, false);
    time.pass(Duration.ofMillis(1_005));
    assertThat(revert).isCompleted();
    assertThat(patch).isNotDone();
  }

  @Test
  void obeysALowerLimitThanTheConfiguredOneAndNotAHigherOne() {
    TierBudget budget = new TierBudget(3, time);
    now(budget).answered(says(2, 1), false);
    now(budget);
    assertThat(budget.acquire(false)).isNotDone();

    TierBudget generous = new TierBudget(1, time);
    now(generous).answered(says(50, 49), false);
    assertThat(generous.acquire(false)).isNotDone();
  }

  @Test
  void waitsForTheRefreshWhenOthersUsedTheTierUp() {
    TierBudget budget = new TierBudget(5, time);
    now(budget).answered(says(5, 0), false);
    CompletableFuture<TierBudget.Permit> next = budget.acquire(false);
    time.pass(Duration.ofMillis(1_004));
    assertThat(next).isNotDone();
    time.pass(Duration.ofMillis(1));
    assertThat(next).isCompleted();
  }

  @Test
  void goesOnAtItsOwnPaceWhenItIsItselfWhoUsedTheTierUp() {
    TierBudget budget = new TierBudget(2, time);
    now(budget).answered(says(2, 1), false);
    time.pass(Duration.ofMillis(900));
    now(budget).answered(says(2, 0), false);
    CompletableFuture<TierBudget.Permit> third = budget.acquire(false);
    time.pass(Duration.ofMillis(105));
    assertThat(third).isCompleted();
  }

  @Test
  void staysAwayAsLongAsA429Asks() {
    TierBudget budget = new TierBudget(5, time);
    RateAdvice tooMany = new RateAdvice(null, null, null, null, null, Duration.ofSeconds(7));
    now(budget).answered(tooMany, true);
    CompletableFuture<TierBudget.Permit> next = budget.acquire(true);
    time.pass(Duration.ofMillis(6_999));
    assertThat(next).isNotDone();
    time.pass(Duration.ofMillis(1));
    assertThat(next).isCompleted();
  }

  @Test
  void hasNoLimitWhenOffButObeysA429() {
    TierBudget budget = new TierBudget(0, time);
    List<TierBudget.Permit> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      many.add(now(budget));
    }
    many.get(0).answered(says(2, 0), false);
    assertThat(budget.acquire(false)).isCompleted();
    many.get(1).answered(RateAdvice.NONE, true);
    CompletableFuture<TierBudget.Permit> next = budget.acquire(false);
    assertThat(next).isNotDone();
    time.pass(Duration.ofMillis(1_005));
    assertThat(next).isCompleted();
  }

  @Test
  void givesAnUnusedPermitToTheNextAtOnce() {
    TierBudget budget = new TierBudget(1, time);
    TierBudget.Permit first = now(budget);
    CompletableFuture<TierBudget.Permit> gone = budget.acquire(false);
    CompletableFuture<TierBudget.Permit> next = budget.acquire(false);
    gone.cancel(false);
    first.unused();
    first.unused();
    time.settle();
    assertThat(next).isCompleted();
  }

  @Test
  void countsEachCallInItsTierAndInTheWhole() {
    PrismBudget budget = new PrismBudget(Map.of(Tier.WHOLE, 3, Tier.TASK_READ, 2), time);
    assertThat(budget.acquire(Tier.TASK_READ, false)).isCompleted();
    assertThat(budget.acquire(Tier.TASK_READ, false)).isCompleted();
    assertThat(budget.acquire(Tier.TASK_READ, false)).as("tier").isNotDone();
    assertThat(budget.acquire(Tier.CATEGORY_READ, false)).isCompleted();
    assertThat(budget.acquire(Tier.CATEGORY_READ, false)).as("whole").isNotDone();
  }

  /**
   * Whatever the pattern of calls and delays: wherever in the call the server counts, no window of
   * a second holds more than the limit, and the budget is used.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void neverLetsTheServerSeeMoreThanTheLimitInAnyWindow(long seed) {
    Random random = new Random(seed);
    int limit = 1 + random.nextInt(8);
    int calls = 400;
    TierBudget budget = new TierBudget(limit, time);
    List<Long> counted = new ArrayList<>();
    long began = time.nanos();
    for (int i = 0; i < calls; i++) {
      if (random.nextInt(20) == 0) {
        time.pass(Duration.ofMillis(random.nextInt(2_000)));
      }
      budget.acquire(random.nextInt(10) == 0).thenAccept(permit -> call(permit, random, counted));
    }
    time.pass(Duration.ofMinutes(30));

    assertThat(counted).hasSize(calls);
    Collections.sort(counted);
    for (int i = limit; i < counted.size(); i++) {
      assertThat(counted.get(i) - counted.get(i - limit))
          .as("calls %s to %s of limit %s", i - limit, i, limit)
          .isGreaterThanOrEqualTo(1_000_000_000L);
    }
    long took = counted.get(calls - 1) - began;
    assertThat(took).isLessThan((long) (calls / (double) limit * 1_600_000_000L));
  }

  private void call(TierBudget.Permit permit, Random random, List<Long> counted) {
    long there = random.nextInt(200_000_000);
    long back = random.nextInt(200_000_000);
    boolean lost = random.nextInt(30) == 0;
    time.after(Duration.ofNanos(there), () -> counted.add(time.nanos()));
    time.after(
        Duration.ofNanos(there + back),
        () -> {
          if (lost) {
            permit.lost();
          } else {
            permit.answered(RateAdvice.NONE, false);
          }
        });
  }

  @Test
  void readsHeadersAndIgnoresWhatIsNotANumber() {
    Instant now = Instant.parse("2026-03-01T10:00:00Z");
    Map<String, String> headers =
        Map.of(
            "X-Api-Ratelimit-Limit", "3",
            "X-Api-Ratelimit-Remaining", "0",
            "X-Api-Ratelimit-Refresh-Period-Seconds", "1",
            "X-Ratelimit-Limit", "-4",
            "X-Ratelimit-Remaining", "many",
            "Retry-After", "Sun, 01 Mar 2026 10:00:09 GMT");
    assertThat(RateAdvice.of(headers::get, now))
        .isEqualTo(new RateAdvice(3, 0, Duration.ofSeconds(1), null, null, Duration.ofSeconds(9)));
    assertThat(RateAdvice.of(Map.of("Retry-After", "999999")::get, now).retryAfter())
        .isEqualTo(RateAdvice.LONGEST);
    assertThat(RateAdvice.of(Map.of("Retry-After", "soon")::get, now)).isEqualTo(RateAdvice.NONE);
  }
}
