package io.drover.runtime;

import io.drover.approval.Approvals;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Builds a file's routes in a Camel of its own, with our Kamelets and blocks, and starts none of
 * them: what Camel itself would refuse is refused before the running one sees it.
 */
final class DryLoad implements AutoCloseable {
  private static final Set<String> OUTSIDE =
      Set.of("quartz", "timer", "platform-http", "kafka", "file");

  private final DefaultCamelContext scratch;
  private final RouteTexts texts;

  DryLoad(
      CamelContext running,
      Engine engine,
      RunbookStarts starts,
      Approvals approvals,
      List<TriggerComponent> triggers)
      throws Exception {
    scratch = new DefaultCamelContext(new DefaultRegistry(new Beans(running)));
    scratch.setAutoStartup(false);
    scratch.disableJMX();
    scratch.getPropertiesComponent().addPropertiesSource(new Settings(running));
    scratch.addComponent("runbook", new RunbookComponent(engine, starts));
    scratch.addComponent("approval", new ApprovalComponent(engine, approvals));
    triggers.forEach(own -> scratch.addComponent(own.scheme(), own.make().get()));
    for (String scheme : OUTSIDE) {
      scratch.addComponent(scheme, new Anything());
    }
    KameletComponent kamelets = new KameletComponent();
    kamelets.setLocation("classpath:routes/kamelets");
    kamelets.setNoErrorHandler(true);
    scratch.addComponent("kamelet", kamelets);
    scratch.start();
    texts = new RouteTexts(scratch);
  }

  /** Builds the routes and takes them down again. */
  void load(RouteLoader.RouteFile file) throws Exception {
    try {
      texts.add(file.name(), file.text());
    } finally {
      // Not all routes at once: Camel would keep those of Kamelets, and go through them each time.
      scratch.removeRouteDefinitions(List.copyOf(scratch.getRouteDefinitions()));
    }
  }

  @Override
  public void close() {
    scratch.stop();
  }

  /** The running Camel's settings. */
  private record Settings(CamelContext running) implements PropertiesSource {
    @Override
    public String getName() {
      return "running";
    }

    @Override
    public @Nullable String getProperty(String name) {
      return running.getPropertiesComponent().resolveProperty(name).orElse(null);
    }
  }

  /** The running Camel's blocks by their names; nothing that Camel would pick up by type. */
  private record Beans(CamelContext running) implements BeanRepository {
    @Override
    public @Nullable Object lookupByName(String name) {
      return name.endsWith("-component") ? null : running.getRegistry().lookupByName(name);
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
      return name.endsWith("-component")
          ? null
          : running.getRegistry().lookupByNameAndType(name, type);
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
      return Map.of();
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
      return Set.of();
    }
  }

  /** Stands for what would reach outside: its options were checked before. */
  private static final class Anything extends DefaultComponent {
    Anything() {
      // Camel's configurer of that scheme expects the real component.
      setAutowiredEnabled(false);
    }

    @Override
    protected Endpoint createEndpoint(
        String uri, String remaining, Map<String, Object> parameters) {
      parameters.clear();
      return new Nowhere(uri, this);
    }
  }

  private static final class Nowhere extends DefaultEndpoint {
    Nowhere(String uri, Component component) {
      super(uri, component);
    }

    @Override
    public boolean isLenientProperties() {
      return true;
    }

    @Override
    public Producer createProducer() {
      throw new UnsupportedOperationException("A dry load sends nothing");
    }

    @Override
    public Consumer createConsumer(Processor processor) {
      return new DefaultConsumer(this, processor);
    }
  }
}
