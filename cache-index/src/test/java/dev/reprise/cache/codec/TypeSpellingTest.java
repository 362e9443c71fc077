package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.junit.jupiter.api.Test;

/** Whoever changes one of these changes the content digest of every table that has it. */
class TypeSpellingTest {
  private static final Map<String, ArrowType> TYPES =
      Map.ofEntries(
          Map.entry("Null", new ArrowType.Null()),
          Map.entry("Bool", new ArrowType.Bool()),
          Map.entry("Int(32, true)", new ArrowType.Int(32, true)),
          Map.entry("Int(8, false)", new ArrowType.Int(8, false)),
          Map.entry(
              "FloatingPoint(DOUBLE)", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
          Map.entry("Decimal(10, 2, 128)", new ArrowType.Decimal(10, 2, 128)),
          Map.entry("Utf8", new ArrowType.Utf8()),
          Map.entry("LargeUtf8", new ArrowType.LargeUtf8()),
          Map.entry("Binary", new ArrowType.Binary()),
          Map.entry("LargeBinary", new ArrowType.LargeBinary()),
          Map.entry("FixedSizeBinary(16)", new ArrowType.FixedSizeBinary(16)),
          Map.entry("Date(DAY)", new ArrowType.Date(DateUnit.DAY)),
          Map.entry("Time(NANOSECOND, 64)", new ArrowType.Time(TimeUnit.NANOSECOND, 64)),
          Map.entry(
              "Timestamp(MICROSECOND, UTC)", new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")),
          Map.entry(
              "Timestamp(MICROSECOND, null)", new ArrowType.Timestamp(TimeUnit.MICROSECOND, null)),
          Map.entry("Duration(SECOND)", new ArrowType.Duration(TimeUnit.SECOND)),
          Map.entry("Interval(YEAR_MONTH)", new ArrowType.Interval(IntervalUnit.YEAR_MONTH)),
          Map.entry("List", new ArrowType.List()),
          Map.entry("LargeList", new ArrowType.LargeList()),
          Map.entry("FixedSizeList(3)", new ArrowType.FixedSizeList(3)),
          Map.entry("Struct", new ArrowType.Struct()),
          Map.entry("Map(false)", new ArrowType.Map(false)));

  @Test
  void of_everyTypeThatTablesKeep_isAsItWasWhenDigestsWereFirstMade() {
    TYPES.forEach((spelling, type) -> assertThat(TypeSpelling.of(type)).isEqualTo(spelling));
  }

  @Test
  void types_thatTablesKeep_areAllListedHere() {
    assertThat(TYPES.values().stream().map(ArrowType::getTypeID)).containsAll(TableTypes.TAKEN);
  }
}
