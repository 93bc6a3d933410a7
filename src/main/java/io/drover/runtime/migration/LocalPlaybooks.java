package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.report.Texts;
import io.drover.runtime.BlockInput;
import io.drover.runtime.CallFailure;
import io.drover.runtime.migration.AnsibleBlocks.Wanted;
import io.drover.runtime.migration.DesiredState.Look;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code ansible-playbook} on this machine. Its exit code is not believed: 0 is also said when
 * nobody matched, 2 and 4 also when it never began. What it tells of each host is.
 */
final class LocalPlaybooks implements AutoCloseable {
  private static final int MOST = 8 * 1024 * 1024;

  private final Set<Process> running = ConcurrentHashMap.newKeySet();

  /** Ends what runs: nobody would hear of its end. */
  @Override
  public void close() {
    running.forEach(Process::destroy);
  }

  DesiredState.Change process(AnsibleSystem system, Wanted wanted) {
    Path folder = system.playbooks();
    if (folder == null || !wanted.playbook().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,100}\\.ya?ml")) {
      throw BlockInput.wrong(
          "playbook",
          wanted.playbook(),
          "a file's name in the folder of playbooks, like join.yaml");
    }
    return new Playbook(system, folder.resolve(wanted.playbook()), wanted);
  }

  private final class Playbook implements DesiredState.Change, AutoCloseable {
    private final AnsibleSystem system;
    private final Path file;
    private final Wanted wanted;
    private @Nullable Process process;
    private @Nullable Path out;

    Playbook(AnsibleSystem system, Path file, Wanted wanted) {
      this.system = system;
      this.file = file;
      this.wanted = wanted;
    }

    @Override
    public CompletableFuture<Look> look() {
      Process begun = process;
      if (begun == null) {
        return CompletableFuture.completedFuture(
            wanted.known() && !wanted.repeatable()
                ? Look.failed(
                    "unknown-outcome",
                    wanted.playbook()
                        + " may have run before, and nobody knows how it ended; it is not said to be"
                        + " repeatable")
                : Look.notYet("it was not begun"));
      }
      return CompletableFuture.completedFuture(
          begun.isAlive()
              ? Look.going("it runs as process " + begun.pid(), "pid " + begun.pid())
              : judged(begun.exitValue()));
    }

    @Override
    public void send() {
      try {
        Path told = Files.createTempFile("drover-ansible", ".json");
        Path vars = Files.createTempFile("drover-ansible", ".vars.json"); // its owner's alone
        out = told;
        Files.write(vars, AnsibleBlocks.json().writeValueAsBytes(wanted.extraVars()));
        ProcessBuilder builder =
            new ProcessBuilder(
                List.of(
                    String.valueOf(system.command()),
                    "-i",
                    String.valueOf(system.inventory()),
                    "--limit",
                    String.join(",", wanted.hosts()),
                    "-e",
                    "@" + vars,
                    file.toString()));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(Set.of("PATH", "HOME", "LANG", "SSH_AUTH_SOCK"));
        environment.put("ANSIBLE_STDOUT_CALLBACK", "json");
        builder.redirectOutput(told.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        Process begun = builder.start();
        process = begun;
        running.add(begun);
        begun
            .onExit()
            .thenAccept(
                ended -> {
                  running.remove(ended);
                  vars.toFile().delete();
                });
      } catch (IOException e) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "ansible-failed",
            system.command() + " cannot be started: " + e.getMessage(),
            e);
      }
    }

    private Look judged(int exit) {
      JsonNode stats = read().path("stats");
      Map<String, String> hosts = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> host : stats.properties()) {
        JsonNode counts = host.getValue();
        boolean lost = counts.path("unreachable").asInt() > 0;
        boolean bad = counts.path("failures").asInt() > 0;
        hosts.put(
            Texts.line(host.getKey(), 200),
            (lost ? "unreachable" : bad ? "failed" : "ok")
                + ", changed "
                + counts.path("changed").asInt());
      }
      for (String host : wanted.hosts()) {
        String told = hosts.get(host);
        if (told == null || !told.startsWith("ok")) {
          return Look.failed(
              "ansible-failed",
              wanted.playbook()
                  + " ended with "
                  + exit
                  + ", and "
                  + host
                  + " is "
                  + (told == null ? "not in what it tells: it did not run there" : told));
        }
      }
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("status", "successful");
      result.put("hosts", hosts);
      return Look.done(result);
    }

    private JsonNode read() {
      Path told = out;
      if (told == null) {
        return AnsibleBlocks.json().missingNode();
      }
      try (InputStream in = Files.newInputStream(told)) {
        return AnsibleBlocks.json().readTree(in.readNBytes(MOST));
      } catch (IOException e) {
        return AnsibleBlocks.json().missingNode(); // no JSON: it did not run
      }
    }

    /** Nobody waits for it any more. */
    @Override
    public void close() throws IOException {
      Process begun = process;
      Path told = out;
      if (begun != null) {
        begun.destroy();
      }
      if (told != null) {
        Files.deleteIfExists(told);
      }
    }
  }
}
