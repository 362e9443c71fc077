package dev.reprise.examples.flights;

import dev.reprise.cache.codec.ArrowTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;

/** Asks DuckDB, in memory and with one thread, and takes the answer as an Arrow table. */
final class DuckDb {
  private static final int BATCH_ROWS = 65_536;

  private DuckDb() {}

  /**
   * Returns what {@code sql} selects.
   *
   * @param parameters for the question marks in it
   */
  static ArrowTable query(String sql, Object... parameters) throws Exception {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (BufferAllocator allocator = new RootAllocator();
          DuckDBResultSet result = (DuckDBResultSet) statement.executeQuery();
          ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS)) {
        return ArrowTable.copyOf(reader);
      }
    }
  }

  private static Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:duckdb:");
    try (var statement = connection.createStatement()) {
      statement.execute("SET threads = 1"); // Reprise runs units side by side
    }
    return connection;
  }
}
