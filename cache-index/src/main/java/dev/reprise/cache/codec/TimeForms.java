package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Forms of the values of {@code java.time}: their numbers, in the order of ISO-8601. */
final class TimeForms {
  private TimeForms() {}

  static void addTo(Forms forms) {
    ScalarForms.add(
        forms,
        "instant",
        Instant.class,
        (output, value) -> writeSeconds(output, value.getEpochSecond(), value.getNano()),
        input -> Instant.ofEpochSecond(input.readVarLong(false), input.readInt()));
    ScalarForms.add(
        forms,
        "duration",
        Duration.class,
        (output, value) -> writeSeconds(output, value.getSeconds(), value.getNano()),
        input -> Duration.ofSeconds(input.readVarLong(false), input.readInt()));
    ScalarForms.add(
        forms,
        "period",
        Period.class,
        (output, value) -> {
          output.writeVarInt(value.getYears(), false);
          output.writeVarInt(value.getMonths(), false);
          output.writeVarInt(value.getDays(), false);
        },
        input ->
            Period.of(input.readVarInt(false), input.readVarInt(false), input.readVarInt(false)));
    ScalarForms.add(
        forms, "local-date", LocalDate.class, TimeForms::writeDate, TimeForms::readDate);
    ScalarForms.add(
        forms, "local-time", LocalTime.class, TimeForms::writeTime, TimeForms::readTime);
    ScalarForms.add(
        forms,
        "local-date-time",
        LocalDateTime.class,
        TimeForms::writeDateTime,
        TimeForms::readDateTime);
    ScalarForms.add(
        forms,
        "offset-time",
        OffsetTime.class,
        (output, value) -> {
          writeTime(output, value.toLocalTime());
          writeOffset(output, value.getOffset());
        },
        input -> OffsetTime.of(readTime(input), readOffset(input)));
    ScalarForms.add(
        forms,
        "offset-date-time",
        OffsetDateTime.class,
        (output, value) -> {
          writeDateTime(output, value.toLocalDateTime());
          writeOffset(output, value.getOffset());
        },
        input -> OffsetDateTime.of(readDateTime(input), readOffset(input)));
    ScalarForms.add(
        forms,
        "zoned-date-time",
        ZonedDateTime.class,
        (output, value) -> {
          writeDateTime(output, value.toLocalDateTime());
          writeOffset(output, value.getOffset());
          Parts.writeText(output, value.getZone().getId());
        },
        input ->
            // an hour may occur twice: the offset tells which; rules may have changed since: the
            // instant stays
            ZonedDateTime.ofInstant(
                readDateTime(input), readOffset(input), ZoneId.of(Parts.readText(input))));
    ScalarForms.add(
        forms,
        "year",
        Year.class,
        (output, value) -> output.writeVarInt(value.getValue(), false),
        input -> Year.of(input.readVarInt(false)));
    ScalarForms.add(
        forms,
        "year-month",
        YearMonth.class,
        (output, value) -> {
          output.writeVarInt(value.getYear(), false);
          output.writeByte(value.getMonthValue());
        },
        input -> YearMonth.of(input.readVarInt(false), input.readByte()));
    ScalarForms.add(
        forms,
        "month-day",
        MonthDay.class,
        (output, value) -> {
          output.writeByte(value.getMonthValue());
          output.writeByte(value.getDayOfMonth());
        },
        input -> MonthDay.of(input.readByte(), input.readByte()));
    ScalarForms.add(
        forms, "zone-offset", ZoneOffset.class, TimeForms::writeOffset, TimeForms::readOffset);
    ScalarForms.add(
        forms,
        "zone-id",
        ZoneId.class,
        (output, value) -> Parts.writeText(output, value.getId()),
        input -> ZoneId.of(Parts.readText(input)));
  }

  private static void writeSeconds(Output output, long seconds, int nanos) {
    output.writeVarLong(seconds, false);
    output.writeInt(nanos);
  }

  private static void writeDate(Output output, LocalDate date) {
    output.writeVarLong(date.toEpochDay(), false);
  }

  private static LocalDate readDate(Input input) {
    return LocalDate.ofEpochDay(input.readVarLong(false));
  }

  private static void writeTime(Output output, LocalTime time) {
    output.writeVarLong(time.toNanoOfDay(), true);
  }

  private static LocalTime readTime(Input input) {
    return LocalTime.ofNanoOfDay(input.readVarLong(true));
  }

  private static void writeDateTime(Output output, LocalDateTime value) {
    writeDate(output, value.toLocalDate());
    writeTime(output, value.toLocalTime());
  }

  private static LocalDateTime readDateTime(Input input) {
    return LocalDateTime.of(readDate(input), readTime(input));
  }

  private static void writeOffset(Output output, ZoneOffset offset) {
    output.writeVarInt(offset.getTotalSeconds(), false);
  }

  private static ZoneOffset readOffset(Input input) {
    return ZoneOffset.ofTotalSeconds(input.readVarInt(false));
  }
}
