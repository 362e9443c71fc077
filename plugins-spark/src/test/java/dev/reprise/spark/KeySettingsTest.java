package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.task.Task;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Which settings of Spark are in the keys of which steps; without Spark being started. */
class KeySettingsTest {
  private static Dataset<Row> onDatasets(SparkSession spark, Path month) {
    return spark.read().parquet(month.toString());
  }

  private static Dataset<Row> withoutSession(Dataset<Row> flights) {
    return flights.distinct();
  }

  private static ArrowTable neutral(ArrowTable table) {
    return table;
  }

  private static SortedMap<String, String> settings(Task<?, ?> task) {
    return new SparkExecutorFactory().keySettings(task.spec(), new TreeMap<>());
  }

  @Test
  void keySettings_functionOnDatasets_areVersionAndTimeZone() {
    Map<String, String> plain = Map.of("spark.sql.session.timeZone", "UTC", "spark.version", "4.2");

    assertThat(settings(Spark.spark(KeySettingsTest::onDatasets))).isEqualTo(plain);
    assertThat(settings(Spark.spark(KeySettingsTest::withoutSession))).isEqualTo(plain);
    assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
  }

  /** The same key on any executor. */
  @Test
  void keySettings_functionOnPlainValues_areNone() {
    assertThat(settings(Spark.spark(KeySettingsTest::neutral))).isEmpty();
  }

  @Test
  void keySettings_whatIsSet_countsIfItChangesResults() {
    System.setProperty("spark.sql.ansi.enabled", "false");
    System.setProperty("spark.sql.shuffle.partitions", "7");
    try {
      assertThat(settings(Spark.spark(KeySettingsTest::onDatasets)))
          .containsEntry("spark.sql.ansi.enabled", "false")
          .doesNotContainKey("spark.sql.shuffle.partitions");
    } finally {
      System.clearProperty("spark.sql.ansi.enabled");
      System.clearProperty("spark.sql.shuffle.partitions");
    }
  }

  @Test
  void arity_ofAFunctionOfASession_leavesTheSessionOut() {
    assertThat(Spark.spark(KeySettingsTest::onDatasets).spec().arity()).isEqualTo(1);
    assertThat(Spark.spark(KeySettingsTest::withoutSession).spec().arity()).isEqualTo(1);
  }
}
