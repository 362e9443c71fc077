package dev.reprise.bench;

import dev.reprise.cache.fingerprint.CanonicalEncoder;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to digest an argument: a list of records such as a configuration would hold. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ArgumentDigests {
  /** Number of records in the argument. */
  @Param({"1", "100", "10000"})
  public int records;

  private final CanonicalEncoder encoder = CanonicalEncoder.plain();
  private final List<Holiday> argument = new ArrayList<>();

  record Holiday(String name, LocalDate day, boolean moves) {}

  @Setup
  public void fill() {
    LocalDate first = LocalDate.of(2001, 1, 1);
    for (int i = 0; i < records; i++) {
      argument.add(new Holiday("holiday " + i, first.plusDays(i), i % 2 == 0));
    }
  }

  @Benchmark
  public Fingerprint digest() throws NoCanonicalFormException {
    return encoder.fingerprint(argument);
  }
}
