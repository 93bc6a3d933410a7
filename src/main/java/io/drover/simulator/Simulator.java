package io.drover.simulator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulated world: Prism Centrals, guests, Slack, a pager, and the way to make things go wrong
 * in it. In a process of its own it says where it is, and stays until its parent ends.
 */
public final class Simulator implements AutoCloseable {
  private final Options options;
  private final World world;
  private final Guests guests;
  private final List<Undertow> servers = new ArrayList<>();
  private final ObjectNode ready = Json.object();

  private Simulator(Options options) throws IOException {
    this.options = options;
    this.world = new World(options);
    Path folder = Path.of(options.text("data"));
    Faults faults = new Faults();
    Logins logins = new Logins(options.text("username"), Logins.secret(options.text("password")));
    guests =
        new Guests(
            world,
            faults,
            options.text("guest-user"),
            Logins.secret(options.text("guest-password")));
    Credentials credentials = new Credentials(folder, logins, guests);
    Certificate certificate = options.on("tls") ? Certificate.in(folder) : null;
    Map<String, PrismApi> prisms = new LinkedHashMap<>();
    ObjectNode centrals = Json.object();
    for (Central central : world.centrals.values()) {
      PrismApi prism = new PrismApi(central, faults, new Tiers(options.tiers()), logins);
      int port = prisms.isEmpty() ? options.number("prism-port") : 0;
      prisms.put(central.name, prism);
      centrals.put(central.name, serve(port, prism, certificate));
    }
    Chat slack = new Chat("slack", world, faults);
    Chat pager = new Chat("pager", world, faults);
    ready.put("prism", centrals.elements().next().asText());
    ready.set("prismCentrals", centrals);
    ready.put("slack", serve(options.number("slack-port"), slack, certificate));
    ready.put("pager", serve(options.number("pager-port"), pager, certificate));
    ServiceAccount account =
        new ServiceAccount((int) options.duration("sheets-token-life").toSeconds());
    Sheets sheets = new Sheets(world, faults, account);
    String sheetsUrl = serve(options.number("sheets-port"), sheets, certificate);
    ready.put("sheets", sheetsUrl);
    ready.put(
        "sheetsServiceAccount",
        account.write(credentials.secretly("service-account.json"), sheetsUrl).toString());
    ServiceNow serviceNow = new ServiceNow(world, faults);
    ready.put("servicenow", serve(options.number("servicenow-port"), serviceNow, certificate));
    credentials.serviceNow(serviceNow);
    credentials.slack(slack);
    VSphere sphere = new VSphere(world);
    VCenterApi vcenter = new VCenterApi(sphere, faults);
    MoveApi move = new MoveApi(sphere, faults);
    ready.put("vcenter", serve(options.number("vcenter-port"), vcenter, certificate));
    ready.put("move", serve(options.number("move-port"), move, certificate));
    AwxApi awx = new AwxApi(world, faults);
    ready.put("awx", serve(options.number("awx-port"), awx, certificate));
    credentials.migration(vcenter, move, awx);
    Control control =
        new Control(world, faults, prisms, guests, Map.of("slack", slack, "pager", pager));
    control.credentials(logins, credentials);
    control.sheets(sheets, account);
    control.serviceNow(serviceNow);
    control.migration(sphere, vcenter, move, awx);
    ready.put("control", serve(options.number("control-port"), control, null));
    ready.put("guestSshPort", guests.sshPort()).put("guestHttpPort", guests.httpPort());
    ready.put("credentials", credentials.write().toString());
    if (certificate != null) {
      ready.put("certificate", certificate.pem().toString());
    }
  }

  /** Arguments as {@link Options} lists them. */
  static Simulator start(String... arguments) throws IOException {
    return new Simulator(Options.parse(arguments));
  }

  /** Prints one line, {@code SIMULATOR READY {…}}. */
  public static void main(String[] args) throws IOException {
    toStandardError();
    try {
      Simulator simulator = start(args);
      simulator.endWithParent();
      System.out.println("SIMULATOR READY " + simulator.ready);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /**
   * Whoever started it reads standard output until the world is ready, and perhaps no longer: a log
   * line that nobody takes out of a full pipe would stop the guests.
   */
  private static void toStandardError() {
    LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
    ch.qos.logback.classic.Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
    PatternLayoutEncoder line = new PatternLayoutEncoder();
    line.setContext(logging);
    line.setPattern("%d %-5level %logger{0} %msg%n");
    line.start();
    ConsoleAppender<ILoggingEvent> errors = new ConsoleAppender<>();
    errors.setContext(logging);
    errors.setTarget("System.err");
    errors.setEncoder(line);
    errors.start();
    root.detachAndStopAllAppenders();
    root.addAppender(errors);
    root.setLevel(Level.WARN);
    logging.getLogger("org.apache.sshd").setLevel(Level.ERROR); // dropped sessions are the point
  }

  /** Where everything is. */
  ObjectNode ready() {
    return ready.deepCopy();
  }

  World world() {
    return world;
  }

  private void endWithParent() {
    String parent = options.text("parent-pid");
    if (!parent.isEmpty()) {
      ProcessHandle.of(Long.parseLong(parent))
          .ifPresentOrElse(
              process -> process.onExit().thenRun(() -> Runtime.getRuntime().halt(0)),
              () -> Runtime.getRuntime().halt(0));
    }
    if (options.on("exit-with-stdin")) {
      Thread reader = new Thread(Simulator::untilInputEnds, "simulator-stdin");
      reader.setDaemon(true);
      reader.start();
    }
  }

  private static void untilInputEnds() {
    try {
      while (System.in.read() >= 0) {} // what comes in means nothing
    } catch (IOException e) {
      // as good as its end
    }
    Runtime.getRuntime().halt(0);
  }

  private String serve(int port, HttpHandler handler, @Nullable Certificate certificate) {
    Undertow.Builder builder = Undertow.builder().setIoThreads(1).setWorkerThreads(4);
    if (certificate == null) {
      builder.addHttpListener(port, "127.0.0.1");
    } else {
      builder.addHttpsListener(port, "127.0.0.1", certificate.context());
    }
    Undertow server = builder.setHandler(handler).build();
    server.start();
    servers.add(server);
    int bound = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    return (certificate == null ? "http" : "https") + "://127.0.0.1:" + bound;
  }

  @Override
  public void close() throws IOException {
    servers.forEach(Undertow::stop);
    guests.close();
    world.close();
  }
}
