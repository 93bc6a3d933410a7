package io.drover.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A real Kafka broker (KRaft, one node) in a process of its own, which may die and come back. */
public final class KafkaBroker implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final Path settings;
  private @Nullable Process process;

  public KafkaBroker() throws IOException, InterruptedException {
    folder = Files.createTempDirectory("kafka");
    port = free();
    settings =
        Files.writeString(
            folder.resolve("server.properties"),
            String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "controller.listener.names=CONTROLLER",
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + free(),
                "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs=" + folder.resolve("log"),
                "offsets.topic.num.partitions=1",
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0",
                ""));
    String[] parts = Files.readString(settings).split("CONTROLLER://127.0.0.1:");
    String controller = parts[1].split("\n")[0];
    Files.writeString(
        settings,
        Files.readString(settings) + "controller.quorum.voters=1@127.0.0.1:" + controller + "\n");
    Process format =
        java(
            "kafka.tools.StorageTool",
            "format",
            "-t",
            "MkU3OEVBNTcwNTJENDM2Qg",
            "-c",
            settings.toString());
    if (!format.waitFor(60, TimeUnit.SECONDS) || format.exitValue() != 0) {
      throw new IllegalStateException(
          "Kafka's storage: " + Files.readString(folder.resolve("out")));
    }
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process java(String main, String... arguments) throws IOException {
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
        .start();
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Starts it, with these topics of three partitions each. */
  public void start(String... topics) throws IOException {
    process = java("kafka.Kafka", settings.toString());
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address()))) {
      Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size() == 1);
      Set<String> there = admin.listTopics().names().get();
      for (String topic : topics) {
        if (!there.contains(topic)) {
          admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
        }
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("The broker did not come up: " + folder.resolve("out"), e);
    }
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.waitFor();
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }
}
