package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.base.Text;
import java.lang.reflect.Array;

/**
 * Forms of arrays. Of a primitive type: the elements, each in its width. Of objects: the name of
 * the type of the elements, which must be a known one, and the elements.
 */
final class ArrayForms {
  private ArrayForms() {}

  static void addTo(Forms forms, ObjectGraph graph) {
    ScalarForms.add(forms, "byte[]", byte[].class, Parts::writeBytes, Parts::readBytes);
    ScalarForms.add(
        forms,
        "boolean[]",
        boolean[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeBooleans(array, 0, array.length);
        },
        input -> input.readBooleans(Parts.readCount(input, 1)));
    ScalarForms.add(
        forms,
        "short[]",
        short[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeShorts(array, 0, array.length);
        },
        input -> input.readShorts(Parts.readCount(input, Short.BYTES)));
    ScalarForms.add(
        forms,
        "char[]",
        char[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeChars(array, 0, array.length);
        },
        input -> input.readChars(Parts.readCount(input, Character.BYTES)));
    ScalarForms.add(
        forms,
        "int[]",
        int[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeInts(array, 0, array.length);
        },
        input -> input.readInts(Parts.readCount(input, Integer.BYTES)));
    ScalarForms.add(
        forms,
        "long[]",
        long[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeLongs(array, 0, array.length);
        },
        input -> input.readLongs(Parts.readCount(input, Long.BYTES)));
    ScalarForms.add(
        forms,
        "float[]",
        float[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeFloats(array, 0, array.length);
        },
        input -> input.readFloats(Parts.readCount(input, Float.BYTES)));
    ScalarForms.add(
        forms,
        "double[]",
        double[].class,
        (output, array) -> {
          Parts.writeCount(output, array.length);
          output.writeDoubles(array, 0, array.length);
        },
        input -> input.readDoubles(Parts.readCount(input, Double.BYTES)));
    forms.add(Form.builtIn("array", Object[].class, new Objects(graph)), Object[].class);
  }

  /** Names a class, which must be one that can be found by its name again. */
  static void writeClass(Output output, Class<?> type, Forms forms) {
    String name = name(type);
    if (forms.classNamed(name) != type) {
      throw new Unencodable(Refusals.notRegistered(type));
    }
    Parts.writeText(output, name);
  }

  static Class<?> readClass(Input input, Forms forms) {
    String name = Parts.readText(input);
    Class<?> type = forms.classNamed(name);
    if (type == null) {
      throw new KryoException("names a class " + Text.quote(name) + ", which is not registered");
    }
    return type;
  }

  private static String name(Class<?> type) {
    return type.isArray() ? name(type.getComponentType()) + "[]" : type.getName();
  }

  private static final class Objects extends PartsSerializer<Object[]> {
    Objects(ObjectGraph graph) {
      super(graph);
    }

    @Override
    void writeParts(Output output, Object[] array) {
      writeClass(output, array.getClass().getComponentType(), graph().forms());
      Parts.writeCount(output, array.length);
      for (int i = 0; i < array.length; i++) {
        graph().writeElement(output, array[i], i);
      }
    }

    @Override
    Object[] readParts(Input input) {
      Class<?> component = readClass(input, graph().forms());
      Object[] array = (Object[]) Array.newInstance(component, Parts.readCount(input, 1));
      for (int i = 0; i < array.length; i++) {
        array[i] = graph().read(input);
      }
      return array;
    }
  }
}
