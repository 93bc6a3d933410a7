package io.drover.execution;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Puts the ledger together: embedded H2 by default, PostgreSQL by {@code spring.datasource.url}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LedgerProperties.class)
class LedgerConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerConfiguration.class);

  @Bean
  LedgerDatabase ledgerDatabase(
      LedgerProperties properties,
      @Value("${spring.datasource.url:}") String url,
      @Value("${spring.datasource.username:}") String user,
      @Value("${spring.datasource.password:}") String password)
      throws IOException {
    HikariConfig config = new HikariConfig();
    boolean embedded = url.isBlank();
    if (embedded) {
      Path folder = Path.of(properties.directory()).toAbsolutePath().normalize();
      Files.createDirectories(folder);
      // H2 refuses relative paths. WRITE_DELAY=0: its default loses acknowledged rows when the
      // process is killed.
      config.setJdbcUrl(
          "jdbc:h2:file:"
              + folder.resolve("ledger")
              + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
      config.setUsername("sa");
    } else {
      config.setJdbcUrl(url);
      config.setUsername(user);
      config.setPassword(password);
    }
    config.setPoolName("ledger");
    config.setMaximumPoolSize(10);
    try {
      return new LedgerDatabase(new HikariDataSource(config), embedded);
    } catch (RuntimeException e) {
      if (embedded && String.valueOf(e.getMessage()).contains("already in use")) {
        throw new IllegalStateException(
            "The ledger in "
                + Path.of(properties.directory()).toAbsolutePath()
                + " is open in another process; stop that one, or give this one another drover.ledger.directory",
            e);
      }
      throw e;
    }
  }

  @Bean
  DataSource dataSource(LedgerDatabase database) {
    return database.pool();
  }

  @Bean
  @DependsOnDatabaseInitialization
  DatabaseClock ledgerClock(DataSource dataSource) throws SQLException {
    return new DatabaseClock(dataSource);
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcOwnership ownership(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      LedgerClock clock,
      LedgerProperties properties,
      LedgerDatabase database) {
    JdbcOwnership ownership =
        new JdbcOwnership(
            jdbc,
            new TransactionTemplate(transactions),
            clock,
            UUID.randomUUID().toString(),
            properties.lease(),
            database.embedded());
    ownership.register();
    return ownership;
  }

  @Bean
  JdbcJournal journal(
      DataSource dataSource, LedgerClock clock, Ownership ownership, LedgerDatabase database) {
    return new JdbcJournal(dataSource, clock, ownership.runner(), database.embedded());
  }

  @Bean
  JdbcExecutions executions(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      LedgerClock clock,
      Ownership ownership) {
    return new JdbcExecutions(
        jdbc, new TransactionTemplate(transactions), clock, ownership.runner());
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcVmLocks vmLocks(JdbcClient jdbc, LedgerClock clock) {
    return new JdbcVmLocks(jdbc, clock);
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcOccurrences occurrences(JdbcClient jdbc) {
    return new JdbcOccurrences(jdbc);
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcOutbox outbox(JdbcClient jdbc) {
    return new JdbcOutbox(jdbc);
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcArtifacts artifacts(
      JdbcClient jdbc, PlatformTransactionManager transactions, LedgerClock clock) {
    return new JdbcArtifacts(jdbc, new TransactionTemplate(transactions), clock);
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcHold hold(JdbcClient jdbc, LedgerClock clock) {
    return new JdbcHold(jdbc, clock);
  }

  @Bean
  @DependsOnDatabaseInitialization
  JdbcAudit audit(JdbcClient jdbc, LedgerClock clock) {
    return new JdbcAudit(jdbc, clock);
  }

  /**
   * The ledger's connections.
   *
   * @param embedded whether it is our own file
   */
  record LedgerDatabase(HikariDataSource pool, boolean embedded) implements AutoCloseable {

    /**
     * A planned stop: H2 gives back the room that single-row commits took, then the file is closed.
     */
    @Override
    public void close() {
      if (embedded && !pool.isClosed()) {
        try (Connection connection = pool.getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("SHUTDOWN COMPACT");
        } catch (SQLException e) {
          LOG.warn("The embedded ledger was not compacted; nothing is lost by that", e);
        }
      }
      pool.close();
    }
  }
}
