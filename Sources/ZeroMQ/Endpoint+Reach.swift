import Glibc

extension Endpoint {
    /// Whether there is a socket file that this user may not connect to, or none that it could see:
    /// unix(7) asks for the right to write it and to search the folders on its path.
    package var isDenied: Bool {
        guard case .ipc(let path) = address else { return false }
        return unsafe faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0 && errno == EACCES
    }

    /// Whether only processes of this machine are there.
    package var isLocal: Bool {
        guard case .tcp(let host, _) = address else { return true }
        return host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    /// Whether it can only be connected to by IPv6, which libzmq does only where the option is on:
    /// an address in brackets, or a host name without an IPv4 address.
    var needsIPv6: Bool {
        guard case .tcp(let host, _) = address else { return false }
        if host.hasPrefix("[") { return true }
        let families = Self.families(of: host)
        return families.contains(AF_INET6) && !families.contains(AF_INET)
    }

    /// Address families that a host has addresses of; none for a number or an unknown name.
    private static func families(of host: String) -> Set<Int32> {
        guard host.contains(where: \.isLetter) else { return [] }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list = unsafe UnsafeMutablePointer<addrinfo>?.none
        guard unsafe getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var families: Set<Int32> = []
        var next = unsafe list
        while let entry = unsafe next {
            families.insert(unsafe entry.pointee.ai_family)
            unsafe next = entry.pointee.ai_next
        }
        return families
    }
}
