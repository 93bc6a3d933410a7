package io.drover.execution;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Puts the ledger together: a file under {@code drover.data-directory}, or the database that {@code
 * spring.datasource.url} names. It is shut in the reverse order: executions are given back, the
 * writer writes what is queued and stops, the file is compacted and closed.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({LedgerProperties.class, DataSourceProperties.class})
class LedgerConfiguration {

  @Bean
  LedgerPool ledgerPool(
      DataSourceProperties properties,
      @Value("${drover.data-directory:./data}") Path dataDirectory,
      @Value("${spring.datasource.hikari.maximum-pool-size:10}") int connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("ledger");
    config.setMaximumPoolSize(connections);
    if (properties.getUrl() != null && !properties.getUrl().isBlank()) {
      config.setJdbcUrl(properties.getUrl());
      config.setUsername(properties.getUsername());
      config.setPassword(properties.getPassword());
      return new LedgerPool(new HikariDataSource(config), null);
    }
    EmbeddedLedger embedded = new EmbeddedLedger(dataDirectory);
    config.setJdbcUrl(embedded.url());
    config.setUsername("sa");
    config.setPassword("");
    try {
      return new LedgerPool(new HikariDataSource(config), embedded);
    } catch (HikariPool.PoolInitializationException e) {
      throw embedded.refusal(e);
    }
  }

  @Bean(destroyMethod = "")
  DataSource dataSource(LedgerPool pool) {
    return pool.connections();
  }

  @Bean
  @DependsOnDatabaseInitialization
  DatabaseClock ledgerClock(DataSource dataSource) throws SQLException {
    return new DatabaseClock(dataSource);
  }

  @Bean
  @DependsOnDatabaseInitialization
  LedgerWriter ledgerWriter(DataSource dataSource, LedgerPool pool) {
    return new LedgerWriter(dataSource, UUID.randomUUID().toString(), pool.embedded() != null);
  }

  @Bean(destroyMethod = "giveBack")
  JdbcOwnership ownership(
      JdbcClient jdbc,
      LedgerWriter writer,
      LedgerClock clock,
      LedgerProperties properties,
      LedgerPool pool) {
    JdbcOwnership ownership =
        new JdbcOwnership(jdbc, writer, clock, properties.lease(), pool.embedded() != null);
    ownership.register();
    return ownership;
  }

  // Whoever writes needs the runner's row first, hence the ownership in each signature.

  @Bean
  JdbcJournal journal(LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcJournal(writer, clock);
  }

  @Bean
  JdbcExecutions executions(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcExecutions(jdbc, writer, clock);
  }

  @Bean
  JdbcVmLocks vmLocks(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcVmLocks(jdbc, writer, clock);
  }

  @Bean
  JdbcOccurrences occurrences(JdbcClient jdbc, LedgerWriter writer, JdbcOwnership registered) {
    return new JdbcOccurrences(jdbc, writer);
  }

  @Bean
  JdbcOutbox outbox(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcOutbox(jdbc, writer, clock);
  }

  @Bean
  JdbcArtifacts artifacts(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcArtifacts(jdbc, writer, clock);
  }

  @Bean
  JdbcLedgerCare ledgerCare(
      JdbcClient jdbc,
      LedgerWriter writer,
      LedgerClock clock,
      LedgerPool pool,
      JdbcOwnership registered) {
    EmbeddedLedger embedded = pool.embedded();
    return new JdbcLedgerCare(
        jdbc, writer, clock, embedded == null ? null : embedded.folder().resolve("backups"));
  }

  @Bean
  JdbcHold hold(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcHold(jdbc, writer, clock);
  }

  @Bean
  JdbcAudit audit(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcAudit(jdbc, writer, clock);
  }

  @Bean
  JdbcHostKeys hostKeys(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcHostKeys(jdbc, writer, clock);
  }

  @Bean
  JdbcApiTokens apiTokens(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcApiTokens(jdbc, writer, clock);
  }

  @Bean
  JdbcApprovals approvals(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcApprovals(jdbc, writer, clock);
  }

  @Bean
  JdbcProtections protections(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcProtections(jdbc, writer, clock);
  }

  @Bean
  JdbcWaves waves(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcWaves(jdbc, writer, clock);
  }

  @Bean
  JdbcApprovalMessages approvalMessages(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcApprovalMessages(jdbc, writer, clock);
  }

  @Bean
  JdbcServedSystems servedSystems(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcServedSystems(jdbc, writer, clock);
  }

  @Bean
  JdbcRouteVersions routeVersions(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcRouteVersions(jdbc, writer, clock);
  }

  @Bean
  JdbcRouteFiles routeFiles(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, JdbcOwnership registered) {
    return new JdbcRouteFiles(jdbc, writer, clock);
  }

  @Bean
  LedgerWatch ledgerWatch(DatabaseClock clock, JdbcHold hold, LedgerPool pool) {
    return new LedgerWatch(clock, hold, pool.embedded() == null);
  }

  /**
   * The connections, and the file behind them.
   *
   * @param embedded null when the database is not ours to shut down
   */
  record LedgerPool(HikariDataSource connections, @Nullable EmbeddedLedger embedded)
      implements AutoCloseable {
    @Override
    public void close() {
      if (embedded != null && !connections.isClosed()) {
        embedded.shutDown(connections);
      }
      connections.close();
    }
  }
}
