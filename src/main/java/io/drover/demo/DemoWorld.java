package io.drover.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * Starts the simulated world before anything of Drover is made, and tells Drover where it is by the
 * same settings that real systems have. Does nothing unless the profile {@code demo} or {@code
 * rehearse} is active.
 */
public final class DemoWorld implements EnvironmentPostProcessor, Ordered {
  static final String CONTROL = "drover.demo.control";
  static final String GUEST_HTTP = "drover.demo.guest-http-port";

  /** Only a folder with this file in it is emptied when a demo begins anew. */
  private static final String MARK = ".drover-demo";

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public int getOrder() {
    return ConfigDataEnvironmentPostProcessor.ORDER + 1; // profiles are known from then on
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (!environment.acceptsProfiles(Profiles.of("demo | rehearse"))) {
      return;
    }
    Path folder = Path.of(environment.getRequiredProperty("drover.data-directory"));
    try {
      empty(folder);
      // Standard output is for what programs read.
      System.err.println("Starting a simulated Prism Central, guests, Slack and pager …");
      JsonNode ready = start(folder.resolve("world"));
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource("demo", settings(folder, ready)));
    } catch (IOException e) {
      throw new UncheckedIOException("The demo cannot begin in " + folder.toAbsolutePath(), e);
    }
  }

  /** The world is new each time, so the ledger of the last demo would speak of another one. */
  private static void empty(Path folder) throws IOException {
    if (Files.exists(folder.resolve(MARK))) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } else if (Files.exists(folder)) {
      throw new IOException("it exists and is not of a demo; remove it or choose another folder");
    }
    Files.createDirectories(folder);
    Files.createFile(folder.resolve(MARK));
  }

  private static JsonNode start(Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    String classPath = System.getProperty("java.class.path");
    if (classPath.endsWith(".jar") && !classPath.contains(java.io.File.pathSeparator)) {
      command.add("-Dloader.main=io.drover.simulator.Simulator");
      command.addAll(List.of("-cp", classPath));
      command.add("org.springframework.boot.loader.launch.PropertiesLauncher");
    } else {
      command.addAll(List.of("-cp", classPath, "io.drover.simulator.Simulator"));
    }
    command.add("--data=" + folder);
    command.add("--parent-pid=" + ProcessHandle.current().pid());
    command.addAll(
        List.of("--vms=12", "--task-time=700ms", "--boot-time=1500ms", "--update-time=2500ms"));
    command.addAll(List.of("--source-vms=12", "--move-copy-time=3s", "--move-cutover-time=250ms"));
    command.addAll(List.of("--cmdb-drift=on", "--prism-centrals=production,dr", "--other-vms=3"));
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolveSibling("world.log").toFile())
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith("SIMULATOR READY ")) {
        return JSON.readTree(line.substring("SIMULATOR READY ".length()));
      }
    }
    throw new IOException("the simulator did not start; " + folder.resolveSibling("world.log"));
  }

  private static Map<String, Object> settings(Path folder, JsonNode ready) throws IOException {
    JsonNode secrets =
        JSON.readTree(Files.readAllBytes(Path.of(ready.path("credentials").asText())));
    String control = ready.path("control").asText();
    Path knownHosts =
        Files.writeString(folder.resolve("known_hosts"), get(control + "/known-hosts"));
    Map<String, Object> settings = new LinkedHashMap<>();
    String prism = "drover.systems.prism.production.";
    settings.put(prism + "url", ready.path("prism").asText());
    settings.put(prism + "username", secrets.path("username").asText());
    settings.put(prism + "password", secrets.path("password").asText());
    otherSide(settings, ready, secrets);
    migration(settings, ready, secrets);
    people(settings, folder);
    settings.put("drover.guests.subnets", "127.0.0.0/8");
    settings.put("drover.guests.port", ready.path("guestSshPort").asInt());
    settings.put("drover.guests.username", secrets.path("guestUser").asText());
    settings.put("drover.guests.password", secrets.path("guestPassword").asText());
    settings.put("drover.guests.known-hosts", knownHosts.toString());
    settings.put(
        "drover.notices.slack.webhook", ready.path("slack").asText() + "/services/T0/B0/demo");
    settings.put("drover.notices.pager.url", ready.path("pager").asText());
    settings.put("drover.notices.pager.routing-key", "demo-routing-key-of-nobody-at-all");
    String serviceNow = "drover.systems.servicenow.";
    settings.put(serviceNow + "url", ready.path("servicenow").asText());
    settings.put(serviceNow + "username", secrets.path("serviceNowUsername").asText());
    settings.put(serviceNow + "password", secrets.path("serviceNowPassword").asText());
    settings.put("drover.notices.sheets.root-url", ready.path("sheets").asText());
    settings.put("drover.notices.sheets.spreadsheet", "simulated-spreadsheet");
    settings.put(
        "drover.notices.sheets.service-account",
        "file:" + ready.path("sheetsServiceAccount").asText());
    settings.put(CONTROL, control);
    settings.put(GUEST_HTTP, ready.path("guestHttpPort").asInt());
    return settings;
  }

  /** Where copies go to, and its network without a way out. */
  private static void otherSide(Map<String, Object> settings, JsonNode ready, JsonNode secrets)
      throws IOException {
    String url = ready.path("prismCentrals").path("dr").asText();
    String username = secrets.path("username").asText();
    String password = secrets.path("password").asText();
    String prism = "drover.systems.prism.dr.";
    settings.put(prism + "url", url);
    settings.put(prism + "username", username);
    settings.put(prism + "password", password);
    String pair = username + ":" + password;
    JsonNode subnets =
        JSON.readTree(
            send(
                HttpRequest.newBuilder(URI.create(url + "/api/networking/v4.0/config/subnets"))
                    .header(
                        "Authorization",
                        "Basic "
                            + Base64.getEncoder()
                                .encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
                    .GET()
                    .build()));
    for (JsonNode subnet : subnets.path("data")) {
      if (subnet.path("name").asText().equals("test-a")) {
        settings.put("drover.dr.test-networks.dr", subnet.path("extId").asText());
      }
    }
  }

  /** Where VMs come from, what copies them, and what is run on them afterwards. */
  private static void migration(Map<String, Object> settings, JsonNode ready, JsonNode secrets) {
    for (String system : List.of("vcenter", "move")) {
      String prefix = "drover.systems." + system + "." + system + ".";
      settings.put(prefix + "url", ready.path(system).asText());
      settings.put(prefix + "username", secrets.path(system + "Username").asText());
      settings.put(prefix + "password", secrets.path(system + "Password").asText());
    }
    settings.put("drover.systems.ansible.awx.url", ready.path("awx").asText());
    settings.put("drover.systems.ansible.awx.token", secrets.path("awxToken").asText());
    settings.put("drover.waves.poll", "300ms");
  }

  /** Nobody decides on what he asked for himself, so it takes two. */
  private static void people(Map<String, Object> settings, Path folder) throws IOException {
    Path file = folder.resolve("credentials");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    StringBuilder told = new StringBuilder();
    int number = 0;
    for (String name : List.of("admin", "anna")) {
      byte[] random = new byte[18];
      new SecureRandom().nextBytes(random);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      String user = "drover.access.users[" + number++ + "].";
      settings.put(user + "name", name);
      settings.put(user + "password-hash", BCrypt.hashpw(password, BCrypt.gensalt(10)));
      settings.put(user + "roles", name.equals("admin") ? "ADMIN" : "APPROVER");
      settings.put(user + "groups", "approvers");
      told.append("user=").append(name).append("\npassword=").append(password).append('\n');
    }
    Files.writeString(file, told);
    for (String gate :
        List.of(
            "dr.drill-approvers",
            "dr.validators",
            "dr.failover-approvers",
            "dr.housekeeping-approvers",
            "patch.go-back-approvers",
            "waves.approvers")) {
      settings.put("drover." + gate, "group:approvers");
    }
  }

  static String get(String url) throws IOException {
    return send(HttpRequest.newBuilder(URI.create(url)).GET().build());
  }

  static String post(String url, String body) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  static String send(HttpRequest.Builder request) throws IOException {
    return send(request.build());
  }

  private static String send(HttpRequest request) throws IOException {
    try {
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
