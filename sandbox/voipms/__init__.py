"""VoIP.ms as its WSDL, its documentation and its wiki say it behaves."""
