package dev.reprise.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.TableRow;
import dev.reprise.cache.testing.Shows;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline on the shipped data, counted exactly. */
@Timeout(300)
class FlightsTest {
  private static final Path SHIPPED = ShippedData.folder().resolve("flights");

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path data;

  @BeforeEach
  void copyTheData() throws IOException {
    for (int month = 1; month <= 6; month++) {
      copyMonth(month, "month=2001-0" + month);
    }
  }

  @Test
  void run_secondTime_executesNothing() throws Exception {
    TestedRun first = run(15);
    assertThat(first.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(first.executions()).isEqualTo(14);
    assertThat(first.executions("clean")).isEqualTo(6);
    assertThat(first.executions("delays")).isEqualTo(6);
    reprise.reopen();
    TestedRun second = run(15);
    assertThat(second.executions()).isZero();
    assertThat(second.count(Outcome.CACHED)).isEqualTo(14);
    assertThat(second.run().result("report", String.class)).contains("best").contains("worst");
  }

  @Test
  void run_otherLateMinutes_reusesTheCleanMonthsAndGoingBackReusesAll() {
    run(15);
    TestedRun other = run(30);
    assertThat(other.executions()).isEqualTo(8);
    assertThat(other.count("clean", Outcome.CACHED)).isEqualTo(6);
    assertThat(other.reason("delays", "month=2001-04")).isEqualTo("ARG_CHANGED(late-minutes)");
    assertThat(other.reason("by-airport", "")).isEqualTo("UPSTREAM_CHANGED(delays)");
    assertThat(run(15).executions()).isZero();
  }

  @Test
  void run_monthAppearsAndDisappears_runsItsConeAlone() throws IOException {
    run(15);
    copyMonth(6, "month=2001-07");
    rewrite("month=2001-07", "SELECT * REPLACE (delay + 1 AS delay) FROM flights");
    TestedRun seventh = run(15);
    assertThat(seventh.executions()).isEqualTo(4);
    assertThat(seventh.outcome("clean", "month=2001-07")).isEqualTo(Outcome.RAN);
    Files.delete(data.resolve("month=2001-02/flights.parquet"));
    TestedRun without = run(15);
    assertThat(without.executions()).isEqualTo(2);
    assertThat(without.executions("clean")).isZero();
  }

  @Test
  void run_monthRewrittenInAnotherOrderOrCompression_stopsAtTheEqualTable() {
    run(15);
    rewrite("month=2001-03", "SELECT * FROM flights ORDER BY destination, delay, date");
    TestedRun reordered = run(15);
    assertThat(reordered.executions()).isEqualTo(1);
    assertThat(reordered.outcome("clean", "month=2001-03")).isEqualTo(Outcome.RAN);
    assertThat(reordered.outcome("delays", "month=2001-03")).isEqualTo(Outcome.CACHED);
    rewrite("month=2001-05", "SELECT * FROM flights", "gzip");
    assertThat(run(15).executions()).isEqualTo(1);
  }

  @Test
  @Shows("Fault 74")
  void run_oneRowDoubled_runsWhatReadsIt() {
    run(15);
    rewrite(
        "month=2001-03",
        "SELECT * FROM flights UNION ALL (SELECT * FROM flights ORDER BY date, origin LIMIT 1)");
    TestedRun doubled = run(15);
    assertThat(doubled.outcome("clean", "month=2001-03")).isEqualTo(Outcome.RAN);
    assertThat(doubled.outcome("delays", "month=2001-03")).isEqualTo(Outcome.RAN);
    assertThat(doubled.executions()).isEqualTo(4);
  }

  @Test
  void run_aBlobDeletedOrFlipped_thatPartitionAloneRunsAgain() throws IOException {
    run(15);
    List<Path> blobs = blobs();
    assertThat(blobs).hasSize(6); // the six clean months; everything else is small
    Files.delete(blobs.get(0));
    TestedRun deleted = run(15);
    assertThat(deleted.executions()).isEqualTo(1);
    assertThat(deleted.executions("clean")).isEqualTo(1);
    Path flipped = blobs.get(1);
    byte[] bytes = Files.readAllBytes(flipped);
    bytes[bytes.length / 2] ^= 1;
    Files.setPosixFilePermissions(flipped, PosixFilePermissions.fromString("rw-------"));
    Files.write(flipped, bytes);
    TestedRun other = run(45); // 'delays' reads the months again, and one of them is damaged
    assertThat(other.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(other.executions("clean")).isEqualTo(1);
    assertThat(other.executions("delays")).isEqualTo(6);
  }

  @Test
  void result_byAirport_agreesWithTheSameQuestionInSql() throws Exception {
    TestedRun run = run(15);
    String sql =
        "SELECT f.origin, a.name, a.city, a.state, count(*) AS flights, sum(delay) / count(*)::DOUBLE,"
            + " (count(*) FILTER (delay > 15))::DOUBLE / count(*)"
            + " FROM read_parquet('%s/*/*.parquet') f LEFT JOIN read_csv('%s', all_varchar = true) a"
            + " ON a.iata = f.origin GROUP BY ALL ORDER BY f.origin";
    Path airports = ShippedData.folder().resolve("airports.csv");
    try (ArrowTable table = run.run().result("by-airport", ArrowTable.class);
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet expected = statement.executeQuery(sql.formatted(data, airports))) {
      assertThat(table.rowCount()).isEqualTo(229);
      for (TableRow row : table.rows()) {
        assertThat(expected.next()).isTrue();
        assertThat(row.getString("origin")).isEqualTo(expected.getString(1));
        assertThat(row.get("name")).isEqualTo(expected.getString(2));
        assertThat(row.get("city")).isEqualTo(expected.getString(3));
        assertThat(row.get("state")).isEqualTo(expected.getString(4));
        assertThat(row.getLong("flights")).isEqualTo(expected.getLong(5));
        assertThat(row.getDouble("mean_delay")).isCloseTo(expected.getDouble(6), within(1e-12));
        assertThat(row.getDouble("late_share")).isCloseTo(expected.getDouble(7), within(1e-12));
      }
      assertThat(expected.next()).isFalse();
    }
  }

  private TestedRun run(int lateMinutes) {
    Flights flights = new Flights();
    Parameters parameters =
        Parameters.NONE
            .with("data", data.toString())
            .with("late-minutes", Integer.toString(lateMinutes));
    return reprise.run(Pipeline.define(flights.name(), flights, parameters));
  }

  private void copyMonth(int month, String folder) throws IOException {
    Path to = Files.createDirectories(data.resolve(folder)).resolve("flights.parquet");
    Files.copy(
        SHIPPED.resolve("month=2001-0" + month + "/flights.parquet"),
        to,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void rewrite(String folder, String select) {
    rewrite(folder, select, "zstd");
  }

  /** Puts what {@code select} makes of the month in the place of its file. */
  private void rewrite(String folder, String select, String compression) {
    Path file = data.resolve(folder).resolve("flights.parquet");
    Path other = data.resolve("rewritten.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE flights AS SELECT * FROM read_parquet('%s', hive_partitioning = false)"
              .formatted(file));
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet, COMPRESSION %s)"
              .formatted(select, other, compression));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (Exception e) {
      throw new AssertionError("cannot rewrite " + file, e);
    }
  }

  private List<Path> blobs() throws IOException {
    Path folder = reprise.home().resolve("store").resolve("blobs");
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }
}
