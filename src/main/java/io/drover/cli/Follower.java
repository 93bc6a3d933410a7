package io.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A live view of an execution: a line for everything that happens to it, until it ends. */
final class Follower {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_LOCAL_TIME;
  private static final int MOST_BROKEN = 20;

  private final Client client;
  private final Output output;
  private volatile @Nullable InputStream open;
  private volatile boolean expired;
  private final Map<String, String> told = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();

  Follower(Client client, Output output) {
    this.client = client;
    this.output = output;
  }

  /**
   * Shows it until its end; a connection that breaks is taken up again.
   *
   * @param patience null: for ever
   * @return the execution as it ended
   */
  JsonNode follow(String id, @Nullable Duration patience) {
    if (patience != null) {
      alarm(patience);
    }
    int broken = 0;
    while (!expired) {
      try {
        JsonNode ended = stream(id);
        if (ended != null) {
          return ended;
        }
        broken = 0;
      } catch (IOException e) {
        if (++broken > MOST_BROKEN && !expired) {
          throw client.unreachable(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CliFailure(ExitCode.TIMEOUT, "Interrupted; execution " + id + " goes on");
      }
      if (!expired) {
        LockSupport.parkNanos(Math.min(5_000, 250L << Math.min(broken, 5)) * 1_000_000);
      }
    }
    throw new CliFailure(
        ExitCode.TIMEOUT, "Execution " + id + " has not ended within " + patience + "; it goes on");
  }

  /** Closes the stream: the JDK's client does not let a read be interrupted. */
  private void alarm(Duration patience) {
    Thread alarm =
        new Thread(
            () -> {
              LockSupport.parkNanos(patience.toNanos());
              expired = true;
              InputStream reading = open;
              if (reading != null) {
                try {
                  reading.close();
                } catch (IOException e) {
                  // it is over anyway
                }
              }
            });
    alarm.setDaemon(true);
    alarm.start();
  }

  private @Nullable JsonNode stream(String id) throws IOException, InterruptedException {
    String event = "";
    StringBuilder data = new StringBuilder();
    InputStream events = client.events("/api/v1/executions/" + Client.part(id) + "/events");
    open = events;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8))) {
      String line;
      while (!expired && (line = lines.readLine()) != null) {
        if (line.startsWith("event:")) {
          event = line.substring("event:".length()).strip();
        } else if (line.startsWith("data:")) {
          data.append(line.substring("data:".length()));
        } else if (line.isEmpty() && !event.isEmpty()) {
          JsonNode value = json(data.toString());
          if (event.equals("end")) {
            return value;
          }
          tell(event, value);
          event = "";
          data.setLength(0);
        }
      }
    }
    return null;
  }

  private void tell(String event, JsonNode value) {
    if (!output.forPeople()) {
      return;
    }
    switch (event) {
      case "execution", "child" -> execution(value);
      case "step" -> step(value.path("execution").asText(), value.path("step"));
      case "effect" -> effect(value.path("execution").asText(), value.path("effect"));
      default -> {
        // a later Drover may tell more
      }
    }
  }

  private void execution(JsonNode execution) {
    String id = execution.path("id").asText();
    String vm = execution.path("vm").path("name").asText("");
    names.put(id, vm.isEmpty() ? execution.path("runbook").asText() : vm);
    String state = execution.path("state").asText();
    String outcome = execution.path("outcome").asText("");
    String waiting = execution.path("waitingFor").asText("");
    String text = outcome.isEmpty() ? state : outcome;
    String reason = execution.path("reason").asText("");
    String detail = !reason.isEmpty() && !reason.equals("null") ? ": " + Output.plain(reason) : "";
    if (!waiting.isEmpty() && !waiting.equals("null")) {
      detail = " for " + Output.plain(waiting);
    }
    line(id, id, text, detail, execution.path("endedAt"));
  }

  private void step(String execution, JsonNode step) {
    String state = step.path("state").asText();
    String key =
        execution
            + "/"
            + step.path("step").asText()
            + "#"
            + step.path("visit").asText()
            + "."
            + step.path("attempt").asText();
    String error =
        step.hasNonNull("errorKind")
            ? " "
                + Output.plain(step.path("errorKind").asText())
                + ": "
                + Output.plain(step.path("errorMessage").asText())
            : "";
    String name = (step.path("recovery").asBoolean() ? "↩ " : "") + step.path("step").asText();
    line(key, execution, state, " " + Output.plain(name) + error, step.path("endedAt"));
  }

  private void effect(String execution, JsonNode effect) {
    String task = effect.path("taskExtId").asText("");
    line(
        "effect " + effect.path("id").asText(),
        execution,
        effect.path("state").asText(),
        "   "
            + Output.plain(effect.path("kind").asText())
            + " on "
            + Output.plain(effect.path("system").asText())
            + (task.isEmpty() || task.equals("null") ? "" : " task " + Output.plain(task)),
        effect.path("endedAt"));
  }

  private void line(String key, String execution, String state, String detail, JsonNode at) {
    if (state.equals(told.put(key, state))) {
      return;
    }
    String name = Output.plain(names.getOrDefault(execution, execution));
    output.line(time(at) + "  " + String.format("%-20s ", name) + output.coloured(state) + detail);
  }

  private static String time(JsonNode at) {
    Instant instant = at.isTextual() ? Instant.parse(at.asText()) : Instant.now();
    return TIME.format(
        LocalTime.ofInstant(instant.truncatedTo(ChronoUnit.SECONDS), ZoneId.systemDefault()));
  }

  private static JsonNode json(String text) throws IOException {
    try {
      return Output.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException("Half an event", e);
    }
  }
}
