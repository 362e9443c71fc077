package dev.reprise.examples.flights;

import static dev.reprise.spark.Spark.spark;
import static dev.reprise.task.Tasks.task;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.codec.ArrowTable;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The question of {@link Flights}, asked with Spark's datasets. The steps are in {@link
 * SparkDelays}: this class is there without Spark, too.
 */
public final class FlightsSpark implements NamedPipeline {
  /** For {@code ServiceLoader}. */
  public FlightsSpark() {}

  @Override
  public String name() {
    return "flights-spark";
  }

  @Override
  public String description() {
    return "the delays of 'flights', computed by Spark's datasets";
  }

  @Override
  public void define(Pipeline.Builder p) {
    Value<Path> data = p.param("data", ShippedData.folder().resolve("flights"));
    Value<Path> names = p.param("airports", ShippedData.folder().resolve("airports.csv"));
    Value<Integer> lateMinutes = p.param("late-minutes", 15);

    Partitions<Path> flights = p.files("flights", data, "month=*/*.parquet");
    Value<Path> airports = p.file("airports", names);

    Partitions<Dataset<Row>> clean = p.perPartition("clean", spark(SparkDelays::clean), flights);
    Partitions<Dataset<Row>> delays =
        p.perPartition("delays", spark(SparkDelays::delays), clean, lateMinutes);
    Value<Dataset<Row>> total = p.step("total", spark(SparkDelays::total), delays.all());
    Value<Dataset<Row>> byAirport =
        p.step("by-airport", spark(SparkDelays::byAirport), total, airports);
    Value<Dataset<Row>> worst =
        p.step("worst-of-state", spark(SparkDelays::worstOfState), byAirport);
    Value<String> report = p.step("report", task(Flights::report), byAirport.as(ArrowTable.class));

    p.result("by-airport", byAirport);
    p.result("worst-of-state", worst);
    p.result("report", report);
  }
}
