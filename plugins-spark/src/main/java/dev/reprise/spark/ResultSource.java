package dev.reprise.spark;

import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.ResultFinder.Found;
import dev.reprise.spark.table.StoredTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.jspecify.annotations.Nullable;

/**
 * The format {@code reprise}: {@code spark.read().format("reprise").option("result",
 * "by-airport").load()}. Option {@code run} names the run, the latest unless given; further options
 * are settings such as {@code home}.
 *
 * @see RepriseSpark#read
 */
public final class ResultSource implements TableProvider, DataSourceRegister {
  private static final String RESULT = "result";
  private static final String RUN = "run";

  // Spark asks one provider twice, and the latest run may be another by then.
  private @Nullable Table found;

  /** For Spark. */
  public ResultSource() {}

  @Override
  public String shortName() {
    return "reprise";
  }

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    StructType schema = new StructType();
    for (Column column : table(options).columns()) {
      schema = schema.add(column.name(), column.dataType(), column.nullable());
    }
    return schema;
  }

  @Override
  public Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    return table(new CaseInsensitiveStringMap(properties));
  }

  private Table table(CaseInsensitiveStringMap options) {
    Table known = found;
    if (known == null) {
      String name = options.get(RESULT);
      if (name == null) {
        throw new IllegalArgumentException(
            "which result? write .option(\"result\", NAME), of a result or a step");
      }
      Map<String, String> settings = new TreeMap<>(options);
      settings.keySet().removeAll(Arrays.asList(RESULT, RUN));
      try {
        Found result =
            RepriseSpark.find(name, options.getOrDefault(RUN, RepriseSpark.LATEST), settings);
        known =
            StoredTables.table(
                StorePlace.of(result.store(), result.farther()), result.partitions());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      found = known;
    }
    return known;
  }
}
