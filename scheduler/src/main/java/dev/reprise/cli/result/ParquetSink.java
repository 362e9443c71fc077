package dev.reprise.cli.result;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A Parquet file, written by DuckDB if its driver is there. The rows go to it as JSON lines with
 * their types told: it reads those in parallel, which no batch of inserts keeps up with.
 */
final class ParquetSink implements TableSink {
  private static final String URL = "jdbc:duckdb:";

  private final List<Field> columns;
  private final OutputStream to;
  private final Connection duckdb;
  private final Path scratch;
  private final BufferedWriter lines;
  private final JsonSink rows;

  /**
   * Prepares the way.
   *
   * @throws CommandException if the driver is not there, or a column has a type that it does not
   *     take
   */
  ParquetSink(Schema schema, OutputStream to) throws IOException, CommandException {
    this.columns = schema.getFields();
    this.to = to;
    DuckDbTypes.check(columns);
    try {
      duckdb = DriverManager.getConnection(URL);
    } catch (SQLException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "Parquet is written with DuckDB, whose JDBC driver is not on the class path: add"
              + " org.duckdb:duckdb_jdbc, or use --format arrow or csv",
          e);
    }
    scratch = Files.createTempDirectory("reprise-parquet");
    lines = Files.newBufferedWriter(scratch.resolve("rows.json"), UTF_8);
    rows = new JsonSink(schema, lines);
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    rows.write(batch);
  }

  @Override
  public void finish() throws IOException {
    rows.finish();
    lines.close();
    Path file = scratch.resolve("rows.parquet");
    try (Statement statement = duckdb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute(
          "COPY (SELECT %s FROM read_json(%s, format = 'newline_delimited', columns = {%s})) TO %s (FORMAT parquet)"
              .formatted(
                  each(column -> DuckDbTypes.expression(column)),
                  literal(scratch.resolve("rows.json").toString()),
                  each(
                      column ->
                          literal(column.getName()) + ": " + literal(DuckDbTypes.readAs(column))),
                  literal(file.toString())));
    } catch (SQLException e) {
      throw new IOException("DuckDB cannot write the table as Parquet: " + e.getMessage(), e);
    }
    Files.copy(file, to);
  }

  private String each(java.util.function.Function<Field, String> part) {
    return columns.stream().map(part).collect(Collectors.joining(", "));
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  @Override
  public void close() throws IOException {
    lines.close();
    try {
      duckdb.close();
    } catch (SQLException e) {
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(scratch.resolve("rows.json"));
      Files.deleteIfExists(scratch.resolve("rows.parquet"));
      Files.deleteIfExists(scratch);
    }
  }
}
