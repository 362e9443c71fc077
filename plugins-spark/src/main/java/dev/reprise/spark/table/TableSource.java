package dev.reprise.spark.table;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** Where Spark asks for the tables that {@link StoredTables} hands it, by a number. */
public final class TableSource implements TableProvider {
  /** Option with the number of a table. */
  static final String TABLE = "table";

  // Spark makes a provider whenever it likes to, by its name, and tells it options, which are text.
  // So
  // a table waits here for the moment in which Spark is told of it, on the thread that put it here.
  private static final Map<String, Table> HANDED = new ConcurrentHashMap<>();

  /** For Spark. */
  public TableSource() {}

  static void hand(String number, Table table) {
    HANDED.put(number, table);
  }

  static void takeBack(String number) {
    HANDED.remove(number);
  }

  private static Table table(Map<String, String> options) {
    return Objects.requireNonNull(
        HANDED.get(options.get(TABLE)), "Spark asks for a table that is not being handed to it");
  }

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return table(options) instanceof StoredTable stored ? stored.schemaOfSpark() : new StructType();
  }

  @Override
  public Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    return table(new CaseInsensitiveStringMap(properties));
  }
}
