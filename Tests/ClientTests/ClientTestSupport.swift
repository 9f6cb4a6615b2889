import Client
import Foundation
import TestSupport
import Testing
import ZeroMQ

@testable import Wire

/// Reads until there is nothing at the moment.
func drain(_ input: inout some TextInput) throws -> (text: String, notices: [String]) {
    var (bytes, notices): ([UInt8], [String]) = ([], [])
    while true {
        switch try input.read() {
        case .bytes(let more): bytes += more
        case .notice(let text): notices.append(text)
        case .endOfText: notices.append("end of text")
        case .pending, .end: return (String(decoding: bytes, as: UTF8.self), notices)
        }
    }
}

/// Whether the descriptor says that there is something, without waiting.
func isReady(_ input: some TextInput) throws -> Bool {
    var poller = Poller()
    let descriptor = try #require(input.descriptor)
    let index = poller.add(fileDescriptor: descriptor.number, owner: descriptor)
    try poller.wait(timeout: .zero)
    return !poller.events(at: index).isEmpty
}

func event(
    _ payload: Event.Payload, stream: String = "s", token: UInt64? = nil, epoch: UInt64 = 0,
    model: String = "m"
) -> Event {
    Event(
        context: EventContext(
            stream: stream, epoch: epoch, token: token, offset: 0..<0, model: model),
        payload: payload)
}

/// By way of its JSON, which is the only way there is from outside.
func next(
    _ bytes: [UInt8], token: UInt64, surprisal: Float? = 3, top: [String] = [],
    stream: String = "s"
) throws -> Event {
    var body: [UInt8] = []
    body.appendJSON("{\"v\":1,\"stream\":")
    body.appendJSON(string: stream.utf8)
    body.appendJSON(",\"epoch\":0,\"offset\":[0,1],\"model\":\"m\",\"id\":7,\"token\":")
    body.appendJSON(token)
    body.appendJSON(",\"text\":")
    body.appendJSON(string: String(decoding: bytes, as: UTF8.self).utf8)
    body.appendJSON(",\"bytes\":\"")
    for byte in bytes { body.appendHexadecimal(byte) }
    body.appendJSON("\",\"surprisal\":")
    body.appendJSON(surprisal ?? .nan)
    body.appendJSON(",\"top\":[")
    for (index, text) in top.enumerated() {
        body.appendJSON(
            index == 0 ? "{\"id\":1,\"p\":0.5,\"text\":" : ",{\"id\":1,\"p\":0.5,\"text\":")
        body.appendJSON(string: text.utf8)
        body.appendJSON("}")
    }
    body.appendJSON("]}")
    return try Event(kind: .next, body: body)
}

func next(_ text: String, token: UInt64, surprisal: Float? = 3, stream: String = "s") throws
    -> Event
{
    try next(Array(text.utf8), token: token, surprisal: surprisal, stream: stream)
}

func sentiment(
    _ scope: String, _ score: Float, token: UInt64, stream: String = "s"
) throws -> Event {
    let body = """
        {"v":1,"stream":"\(stream)","epoch":0,"token":\(token),"offset":[0,1],"model":"m",\
        "scope":"\(scope)","score":\(score),"positive":\((score + 1) / 2),"message":2}
        """
    return try Event(kind: .sentiment, body: Array(body.utf8))
}
