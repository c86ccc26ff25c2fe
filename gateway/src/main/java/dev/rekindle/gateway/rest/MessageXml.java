package dev.rekindle.gateway.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Message;
import dev.rekindle.platform.rpc.Failure;
import java.io.StringWriter;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A message as XML: an element a field, by its name in JSON; a list is its elements one after another. Values are written
 * as in JSON.
 */
final class MessageXml {
    private static final XMLOutputFactory FACTORY = XMLOutputFactory.newDefaultFactory();
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    /** What XML 1.0 has no form for, however escaped. */
    private static final Pattern NO_CHARACTER = Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]");

    private MessageXml() {}

    /** The message as a document whose root has that name. */
    static String write(String root, Message message) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = FACTORY.createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            write(xml, root, JsonParser.parseString(JsonTranscoder.write(message)));
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw Failure.internal("An answer has no XML form.", e);
        }
        return text.toString();
    }

    private static void write(XMLStreamWriter xml, String name, JsonElement value) throws XMLStreamException {
        switch (value) {
            case JsonObject object -> {
                start(xml, name);
                for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                    write(xml, field.getKey(), field.getValue());
                }
                xml.writeEndElement();
            }
            case JsonArray list -> {
                for (JsonElement element : list) {
                    write(xml, name, element);
                }
            }
            case JsonPrimitive primitive -> {
                start(xml, name);
                xml.writeCharacters(
                        NO_CHARACTER.matcher(primitive.getAsString()).replaceAll("\ufffd"));
                xml.writeEndElement();
            }
            case JsonNull _ -> {}
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    /** Keys of a map may be anything, elements may not. */
    private static void start(XMLStreamWriter xml, String name) throws XMLStreamException {
        if (NAME.matcher(name).matches()) {
            xml.writeStartElement(name);
        } else {
            xml.writeStartElement("entry");
            xml.writeAttribute("name", NO_CHARACTER.matcher(name).replaceAll("\ufffd"));
        }
    }
}
