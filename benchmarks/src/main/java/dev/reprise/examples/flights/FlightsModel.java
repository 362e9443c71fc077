package dev.reprise.examples.flights;

import static dev.reprise.ray.Ray.ray;
import static dev.reprise.spark.Spark.spark;
import static dev.reprise.task.Tasks.local;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.codec.ArrowTable;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which flights will arrive late? Spark makes the features, a partition a month; Ray fits a model
 * for each of many settings and scores it on the last months, which it has not seen; the driver
 * chooses the best and reports. Tables cross from one to the next as they are.
 */
public final class FlightsModel implements NamedPipeline {
  /** For {@code ServiceLoader}. */
  public FlightsModel() {}

  @Override
  public String name() {
    return "flights-model";
  }

  @Override
  public String description() {
    return "which flights arrive late: features by Spark, a sweep of models on Ray";
  }

  @Override
  public void define(Pipeline.Builder p) {
    Value<Path> data = p.param("data", ShippedData.folder().resolve("flights"));
    Value<Integer> lateMinutes = p.param("late-minutes", 15);
    Value<Integer> oneIn = p.param("one-in", 100);
    Value<Integer> sweep = p.param("sweep", 50);
    Value<Integer> heldOut = p.param("held-out", 2);

    Partitions<Path> flights = p.files("flights", data, "month=*/*.parquet");
    Partitions<Dataset<Row>> features =
        p.perPartition("features", spark(SparkFeatures::of), flights, lateMinutes, oneIn);
    Value<List<ArrowTable>> months = features.<ArrowTable>as(ArrowTable.class).all();
    Partitions<Setting> settings = p.fanOut("settings", local(Setting::first), sweep);
    Partitions<Fit> fits = p.perPartition("fit", ray(LateFlights::fit), settings, months, heldOut);
    Value<Choice> choice = p.step("choice", local(LateFlights::best), fits.all());
    Value<String> report = p.step("report", local(LateFlights::report), choice, months, heldOut);

    p.result("choice", choice);
    p.result("report", report);
  }
}
