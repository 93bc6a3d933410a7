package io.drover.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.catalog.LiveRoutes;
import io.drover.execution.Executions;
import io.drover.testing.ApiClient;
import io.drover.testing.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Only a call that is signed, of now and new starts something. */
class WebhookTest {
  private static final int SEED = Integer.getInteger("drover.seed", 20261124);
  private static final int CALLS = 10_000;
  private static final String SECRET = "a secret of more than sixteen characters";
  private static Lab lab;
  private static String vm;

  @BeforeAll
  static void start() throws IOException {
    Path secret = Files.writeString(Files.createTempFile("webhook", ""), SECRET + "\n");
    lab =
        Lab.with(
            2,
            List.of(
                "drover.webhooks.senders.monitoring.secret=file:" + secret,
                "drover.webhooks.senders.other.secret=env:NO_SUCH_VARIABLE"));
    Files.createDirectories(lab.routes());
    for (String file : List.of("webhook.camel.yaml", "look-at-vm.schema.json")) {
      Files.copy(Path.of("docs", "examples", file), lab.routes().resolve(file));
    }
    vm = lab.world().vms().get(0).extId();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                lab.bean(LiveRoutes.class)
                    .find("webhook.camel.yaml")
                    .filter(state -> state.version() != null)
                    .isPresent());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String body(String more) {
    return "{\"system\":\"prod\",\"vm\":\"" + vm + "\"" + more + "}";
  }

  private static int call(String name, String body, String... headers) {
    return ApiClient.nobody(lab.url()).post("/triggers/webhooks/" + name, body, headers).status();
  }

  private static String[] signed(String body, Instant at) {
    String time = String.valueOf(at.getEpochSecond());
    return new String[] {
      WebhookSignature.TIME,
      time,
      WebhookSignature.SIGNATURE,
      WebhookSignature.sign(SECRET, time, body.getBytes(StandardCharsets.UTF_8))
    };
  }

  private static int started() {
    return lab.bean(Executions.class)
        .list(
            new Executions.Filter("look-at-vm", null, null, null, null, null, null, false, false),
            null,
            200)
        .rows()
        .size();
  }

  @Test
  void tenThousandWrongCallsStartNothingAndATrueOneStartsOnce() throws Exception {
    final int before = started();
    Map<String, Integer> kinds = new HashMap<>();
    Random random = new Random(SEED);
    int let = 0;
    byte[] body = body("").getBytes(StandardCharsets.UTF_8);
    Instant now = Instant.now();
    for (int i = 0; i < CALLS; i++) {
      let += forged(random, i, body, now, kinds) ? 1 : 0;
    }
    assertThat(let).isZero();
    // The same kinds over the wire.
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      refused += overTheWire(random, i) ? 1 : 0;
    }
    assertThat(refused).isEqualTo(200);
    assertThat(started()).isEqualTo(before);

    String wanted = body("");
    String[] headers = signed(wanted, Instant.now());
    ExecutorService callers = Executors.newFixedThreadPool(8);
    List<Callable<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      calls.add(() -> call("monitoring", wanted, headers));
    }
    List<Integer> answers = new ArrayList<>();
    for (Future<Integer> answer : callers.invokeAll(calls)) {
      answers.add(answer.get());
    }
    callers.shutdown();
    assertThat(answers).contains(202).allMatch(status -> status == 202 || status == 409);
    int after = started();
    assertThat(call("monitoring", wanted, headers)).isEqualTo(409);
    lab.restart();
    await().atMost(Duration.ofSeconds(10)).until(() -> call("monitoring", wanted, headers) == 409);
    System.out.printf(
        "WEBHOOK MATRIX: wrong calls %d %s and 200 over the wire, let in %d; one true call %d"
            + " times at once, again, and after a restart: executions %d%n",
        CALLS, kinds, let, calls.size(), started() - before);
    assertThat(after - before).isEqualTo(1);
    assertThat(started() - before).isEqualTo(1);
  }

  private static boolean forged(
      Random random, int i, byte[] body, Instant now, Map<String, Integer> kinds) {
    String time = String.valueOf(now.getEpochSecond());
    String good = WebhookSignature.sign(SECRET, time, body);
    Duration window = Duration.ofMinutes(5);
    String kind = List.of("bit", "stale", "body", "secret", "noise", "header").get(i % 6);
    kinds.merge(kind, 1, Integer::sum);
    return switch (kind) {
      case "bit" -> {
        char[] signature = good.toCharArray();
        int at = 3 + random.nextInt(64);
        signature[at] = signature[at] == '0' ? '1' : '0';
        yield WebhookSignature.good(SECRET, time, new String(signature), body, now, window);
      }
      case "stale" -> {
        long off = 301 + random.nextInt(1_000_000);
        String old = String.valueOf(now.getEpochSecond() + (random.nextBoolean() ? off : -off));
        yield WebhookSignature.good(
            SECRET, old, WebhookSignature.sign(SECRET, old, body), body, now, window);
      }
      case "body" -> {
        byte[] other = body.clone();
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(7));
        yield WebhookSignature.good(SECRET, time, good, other, now, window);
      }
      case "secret" -> {
        String guess = "guess" + random.nextLong() + "-" + random.nextLong();
        yield WebhookSignature.good(
            SECRET, time, WebhookSignature.sign(guess, time, body), body, now, window);
      }
      case "noise" -> {
        byte[] noise = new byte[random.nextInt(80)];
        random.nextBytes(noise);
        yield WebhookSignature.good(
            SECRET, time, new String(noise, StandardCharsets.ISO_8859_1), body, now, window);
      }
      default -> {
        String[] times = {null, "", "-1", "1e9", time + " ", "99999999999999", "٣"};
        yield WebhookSignature.good(
            SECRET, times[random.nextInt(times.length)], good, body, now, window);
      }
    };
  }

  private static boolean overTheWire(Random random, int i) {
    String body = body("");
    String[] good = signed(body, Instant.now());
    return switch (i % 7) {
      case 0 -> call("monitoring", body) == 401;
      case 1 -> call("monitoring", body + " ", good) == 401;
      case 2 -> call("monitoring", body, signed(body, Instant.now().minusSeconds(400))) == 401;
      case 3 -> call("other", body, good) == 401;
      case 4 -> call("none", body, good) == 401;
      case 5 -> {
        String large = body("").replace("}", ",\"x\":\"" + "y".repeat(1 << 20) + "\"}");
        yield call("monitoring", large, signed(large, Instant.now())) == 413;
      }
      default ->
          call(
                  "monitoring",
                  body,
                  good[0],
                  good[1],
                  good[2],
                  "v1=" + Long.toHexString(random.nextLong()).repeat(4))
              == 401;
    };
  }

  @Test
  void inputsOfASignedCallAreCheckedLikeAnyOther() {
    String body = "{\"system\":\"prod\"}";
    assertThat(call("monitoring", body, signed(body, Instant.now()))).isEqualTo(422);
    String token = body("");
    // A user's own token is none here.
    assertThat(
            ApiClient.token(lab.url(), "drv_nothing")
                .post("/triggers/webhooks/monitoring", token)
                .status())
        .isEqualTo(401);
  }
}
