package dev.reprise.cache.fingerprint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
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
import java.util.BitSet;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values without parts of their own: what the JDK offers as values. Found by exact class,
 * because a subclass of a class that is not final may mean something else; zones and character
 * sets, whose classes the JDK keeps to itself, are their names.
 */
final class Scalars {
  private final Map<Class<?>, Form<Object>> forms = new HashMap<>();

  /** How a scalar is written. */
  @FunctionalInterface
  interface Form<T> {
    void write(T value, CanonicalBytes to) throws NoCanonicalFormException;
  }

  @SuppressWarnings("JavaUtilDate") // users have some
  Scalars() {
    put(Boolean.class, (value, to) -> to.tag(value ? Tag.TRUE : Tag.FALSE));
    put(Byte.class, (value, to) -> to.tag(Tag.BYTE).putByte(value));
    put(Short.class, (value, to) -> to.tag(Tag.SHORT).putShort(value));
    put(Integer.class, (value, to) -> to.tag(Tag.INT).putInt(value));
    put(Long.class, (value, to) -> to.tag(Tag.LONG).putLong(value));
    // floatToIntBits, not …RawIntBits: every NaN is the same one, while -0.0 stays apart from 0.0
    put(Float.class, (value, to) -> to.tag(Tag.FLOAT).putInt(Float.floatToIntBits(value)));
    put(Double.class, (value, to) -> to.tag(Tag.DOUBLE).putLong(Double.doubleToLongBits(value)));
    put(Character.class, (value, to) -> to.tag(Tag.CHAR).putShort(value));
    put(String.class, (value, to) -> to.putText(value));
    put(BigInteger.class, (value, to) -> to.tag(Tag.BIG_INTEGER).putBytes(value.toByteArray()));
    put(
        BigDecimal.class,
        (value, to) ->
            to.tag(Tag.BIG_DECIMAL)
                .putInt(value.scale())
                .putBytes(value.unscaledValue().toByteArray()));

    scalar(UUID.class, Scalars::uuid);
    scalar(
        Instant.class, (value, to) -> to.putLong(value.getEpochSecond()).putInt(value.getNano()));
    scalar(Duration.class, (value, to) -> to.putLong(value.getSeconds()).putInt(value.getNano()));
    scalar(Date.class, (value, to) -> to.putLong(value.getTime()));
    scalar(BitSet.class, (value, to) -> to.putBytes(value.toByteArray()));
    scalar(Locale.class, Scalars::locale);
    scalar(Pattern.class, (value, to) -> to.putInt(value.flags()).putText(value.pattern()));
    scalar(
        OptionalInt.class,
        (value, to) -> to.putByte(value.isPresent() ? 1 : 0).putInt(value.orElse(0)));
    scalar(
        OptionalLong.class,
        (value, to) -> to.putByte(value.isPresent() ? 1 : 0).putLong(value.orElse(0)));
    scalar(
        OptionalDouble.class,
        (value, to) ->
            to.putByte(value.isPresent() ? 1 : 0)
                .putLong(Double.doubleToLongBits(value.orElse(0))));
    scalar(Fingerprint.class, (value, to) -> to.putRaw(value.bytes()));

    // ISO-8601, the same in every locale and time zone, and different for different values
    text(LocalDate.class, LocalDate::toString);
    text(LocalTime.class, LocalTime::toString);
    text(LocalDateTime.class, LocalDateTime::toString);
    text(OffsetTime.class, OffsetTime::toString);
    text(OffsetDateTime.class, OffsetDateTime::toString);
    text(ZonedDateTime.class, Scalars::zoned);
    text(Period.class, Period::toString);
    text(Year.class, Year::toString);
    text(YearMonth.class, YearMonth::toString);
    text(MonthDay.class, MonthDay::toString);
    text(ZoneOffset.class, ZoneOffset::getId);
    text(URI.class, URI::toString);
    text(URL.class, URL::toExternalForm);
    text(Currency.class, Currency::getCurrencyCode);
    forms.put(
        Class.class,
        (value, to) ->
            to.tag(Tag.SCALAR)
                .putText(Class.class.getName())
                .putText(((Class<?>) value).getName()));
    text(ZoneId.class, ZoneId::getId);
    text(Charset.class, Charset::name);
  }

  /** How a value of this class is written; null if it is no scalar. */
  @Nullable Form<Object> of(Class<?> type) {
    Form<Object> form = forms.get(type);
    if (form == null && ZoneId.class.isAssignableFrom(type)) {
      return forms.get(ZoneId.class);
    }
    if (form == null && Charset.class.isAssignableFrom(type)) {
      return forms.get(Charset.class);
    }
    return form;
  }

  private <T> void put(Class<T> type, Form<? super T> form) {
    forms.put(type, (value, to) -> form.write(type.cast(value), to));
  }

  private <T> void scalar(Class<T> type, Form<? super T> form) {
    put(
        type,
        (value, to) -> {
          to.tag(Tag.SCALAR).putText(type.getName());
          form.write(value, to);
        });
  }

  private <T> void text(Class<T> type, Function<? super T, String> text) {
    scalar(type, (value, to) -> to.putText(text.apply(value)));
  }

  private static void uuid(UUID value, CanonicalBytes to) throws NoCanonicalFormException {
    to.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
  }

  /** As {@code toString}, which shows an offset twice if it is the zone, but another object. */
  private static String zoned(ZonedDateTime value) {
    String time = value.toOffsetDateTime().toString();
    ZoneId zone = value.getZone();
    return zone.equals(value.getOffset()) ? time : time + "[" + zone + "]";
  }

  /** By its parts: two locales that are not equal may have the same language tag. */
  private static void locale(Locale value, CanonicalBytes to) throws NoCanonicalFormException {
    to.putText(value.getLanguage())
        .putText(value.getScript())
        .putText(value.getCountry())
        .putText(value.getVariant())
        .putInt(value.getExtensionKeys().size());
    for (char key : value.getExtensionKeys().stream().sorted().toList()) {
      to.putShort(key).putText(value.getExtension(key));
    }
  }
}
